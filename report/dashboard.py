"""The dashboard: figures, charts and samples in one self-contained page."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from report import numbers
from report.charts import Bar, Charts, Label, Series
from report.cleaning import KHMER
from report.duplicates import heat
from report.figures import Figures
from report.fonts import LICENCE, font_faces
from report.glossary import label, language, names, plain_label
from report.records import STAGES
from report.samples import Sample, packed, spread
from report.texts import readable

TEMPLATES = Path(__file__).parent / "templates"
CHARTED = 10  # languages, and hosts of the crawl, that have a bar
SHOWN = 20  # texts of each outcome that stand on the page itself


def both(km: str, en: str) -> Markup:
    """A phrase in both languages, to be shown or hidden by the language switch."""
    return Markup(
        '<span class="km" lang="km">{}</span><span class="sep"> · </span><span class="en" lang="en">{}</span>'
    ).format(km, en)


def name(kind: str, key: str) -> Markup:
    """What the glossary calls something, in both languages; once where both are the same."""
    return written(label(kind, key))


def written(found: Label) -> Markup:
    """A label in both languages, once where both are the same."""
    return escape(found.en) if found.km == found.en else both(*found)


def language_name(tag: str) -> Markup:
    """The name of a language in both languages."""
    return written(language(tag))


def shown(value: numbers.Value, form: str = "plain") -> Markup:
    """A figure, or that it was not measured."""
    if value is None:
        return Markup('<span class="unknown">{}</span>').format(both(*numbers.NOT_MEASURED))
    return escape(numbers.FORMS[form](value))


def environment(figures: Figures) -> Environment:
    """A template environment in which every figure comes from `fig(name)` and a missing name is an error."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def fig(key: str, form: str = "plain") -> Markup:
        return shown(figures.values[key], form)

    made.filters |= numbers.FORMS | {"shown": shown, "readable": readable}
    made.globals |= {"fig": fig, "both": both, "name": name, "value": figures.values.__getitem__}
    made.globals |= {"language": language_name}
    return made


def render(figures: Figures, samples: list[Sample]) -> str:
    """The page."""
    style = (TEMPLATES / "style.css").read_text(encoding="utf-8") + font_faces()
    script = (TEMPLATES / "browser.js").read_text(encoding="utf-8")
    kept = [sample for sample in samples if not sample["stage"]]
    dropped = [sample for sample in samples if sample["stage"] and sample["text"]]
    page = environment(figures).get_template("page.html")
    return page.render(
        tables=figures.tables,
        charts=draw(figures),
        style=Markup(style),  # noqa: S704 (files of our own)
        script=Markup(script),  # noqa: S704
        style_hash=source_hash(style),
        script_hash=source_hash(script),
        font_licence=LICENCE,
        shown_kept=spread(kept, SHOWN),
        shown_dropped=spread(dropped, SHOWN),
        n_samples=len(samples),
        packed=packed([_labelled(sample) for sample in samples]),
    )


def source_hash(text: str) -> str:
    """The hash by which a content security policy allows an inline style or script."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _labelled(sample: Sample) -> Sample:
    reason = label("reasons", sample["reason"]) if sample["stage"] else Label("រក្សាទុក", "kept")
    return {**sample, "reason_km": reason.km, "reason_en": reason.en}


def draw(figures: Figures) -> dict[str, Any]:
    """Every chart of the page by its name; of a table without rows there is none."""
    charts, tables = Charts(), figures.tables
    drawn: dict[str, Any] = {
        "target": charts.progress(*TITLES["target"], float(figures.values["target.share"] or 0)),
        "funnel": {unit: _funnel(charts, figures, unit) for unit in ("documents", "chars", "bytes")},
        "dropped": _dropped(charts, tables["dropped"]),
        "sources": _bars(charts, "sources", tables["sources"], "bytes"),
        "hosts": _bars(charts, "hosts", tables["hosts"], "bytes"),
        "licences": _bars(charts, "licences", tables["licences"], "bytes"),
        "repairs": _bars(charts, "repairs", tables["repairs"], "documents"),
        **{kind: _languages(charts, kind, tables[kind]) for kind in ("languages", "other_languages")},
        **_scores(charts, tables["scores"]),
        "duplicate_reasons": _bars(charts, "duplicate_reasons", tables["duplicate_reasons"], "documents"),
        "cluster_sizes": _bars(charts, "cluster_sizes", tables["cluster_sizes"], "clusters"),
        "overlap": heat(tables["overlap"]),
        "statuses": _bars(charts, "statuses", tables["statuses"], "count"),
        "days": _bars(charts, "days", tables["days"], "answers"),
        "crawled_hosts": _bars(charts, "crawled_hosts", tables["crawled_hosts"][:CHARTED], "khmer_bytes"),
        "bits": _bits(charts, figures),
    }
    for curve in ("losses", "validation"):
        points = [(row["step"], row["value"]) for row in tables[curve]]
        drawn[curve] = charts.lines(*TITLES[curve], [Series("first", points)]) if len(points) > 1 else None
    return drawn


TITLES: Mapping[str, tuple[Label, Label]] = {
    key: (Label(*title), Label(*about))
    for key, (title, about) in {
        "target": (
            ("ដំណើរទៅរកគោលដៅ", "Progress towards the target"),
            ("ចំណែកថូខឹនដែលមាន", "Share of the target's tokens in hand"),
        ),
        "funnel": (
            ("ពីដំណាក់កាលមួយទៅមួយ", "From stage to stage"),
            ("រក្សាទុក ដកចេញ និងកែសម្រួល", "Kept (solid), dropped (hatched), edited (outlined)"),
        ),
        "dropped": (
            ("ដកចេញតាមមូលហេតុ", "Dropped by reason"),
            ("ចំនួនឯកសារ", "Documents dropped for each reason"),
        ),
        "repairs": (
            ("ការកែអក្សរតាមប្រភេទ", "Repairs by group"),
            ("ចំនួនឯកសារដែលបានកែ", "Documents with repairs of each group"),
        ),
        "languages": (
            ("ភាសាក្រៅពីខ្មែរ", "Languages other than Khmer"),
            ("ឯកសាររក្សាទុក និងដកចេញ", "Documents kept (solid) and dropped (hatched)"),
        ),
        "other_languages": (
            ("ភាសាផ្សេងក្នុងឯកសារខ្មែរ", "Other languages inside Khmer documents"),
            ("ឯកសាររក្សាទុក និងដកចេញ", "Documents kept (solid) and dropped (hatched)"),
        ),
        "sources": (("ប្រភព", "Sources"), ("ទំហំអត្ថបទដែលរក្សាទុក", "Text kept from each source, in bytes")),
        "hosts": (("គេហទំព័រ", "Hosts"), ("ទំហំអត្ថបទដែលរក្សាទុក", "Text kept from each host, in bytes")),
        "licences": (
            ("អាជ្ញាប័ណ្ណ", "Licences"),
            ("ទំហំអត្ថបទដែលរក្សាទុក", "Text kept under each licence, in bytes"),
        ),
        "score": (
            ("របាយពិន្ទុ", "Distribution of a score"),
            ("ចំនួនឯកសារតាមពិន្ទុ", "Documents by score; what a rule drops is hatched"),
        ),
        "duplicate_reasons": (
            ("ឯកសារស្ទួនដកចេញតាមមូលហេតុ", "Copies dropped by reason"),
            ("ចំនួនឯកសារ", "Documents dropped for each reason"),
        ),
        "cluster_sizes": (
            ("ទំហំក្រុមឯកសារស្ទួន", "Sizes of clusters of copies"),
            ("ចំនួនក្រុម", "Clusters by number of members"),
        ),
        "statuses": (("ចម្លើយ HTTP", "HTTP answers"), ("ចំនួនចម្លើយ", "Answers by status")),
        "days": (("តាមថ្ងៃ", "By day"), ("ចំនួនចម្លើយក្នុងមួយថ្ងៃ (UTC)", "Answers on each day (UTC)")),
        "crawled_hosts": (
            ("អត្ថបទខ្មែរពីគេហទំព័រ", "Khmer text from hosts"),
            ("បៃនៃអត្ថបទថ្មី រាប់តែម្តង", "Bytes of Khmer text, each text counted once"),
        ),
        "bits": (
            ("ប៊ីតក្នុងមួយបៃ", "Bits per byte"),
            ("តិចជាងគឺល្អជាង", "On held-out text; less is better"),
        ),
        "losses": (("តម្លៃបាត់បង់", "Training loss"), ("តាមជំហាន", "By step, in nats per token")),
        "validation": (
            ("ប៊ីតក្នុងមួយបៃលើអត្ថបទផ្ទៀងផ្ទាត់", "Validation bits per byte"),
            ("តាមជំហាន", "By step, on held-out text"),
        ),
    }.items()
}


def _funnel(charts: Charts, figures: Figures, unit: str) -> Markup:
    bars = [
        Bar(
            label("stages", row["stage"]),
            [(fate, row[fate][unit]) for fate in ("kept", "dropped", "edited")],
            numbers.size(row["kept"][unit]) if unit == "bytes" else numbers.plain(row["kept"][unit]),
        )
        for row in figures.tables["stages"]
        if row["in"]["documents"]
    ]
    return charts.bars(*TITLES["funnel"], bars)


def _dropped(charts: Charts, rows: list[dict[str, Any]]) -> list[tuple[str, Markup]]:
    """A chart of reasons for each stage that drops."""
    stages = [(stage, [row for row in rows if row["stage"] == stage]) for stage in STAGES]
    charted = [(stage, _bars(charts, "dropped", own, "documents")) for stage, own in stages]
    return [(stage, chart) for stage, chart in charted if chart]


def _bars(charts: Charts, key: str, rows: list[dict[str, Any]], unit: str) -> Markup | None:
    """Bars for the rows of a table, as long as their amounts of `unit`."""
    if not rows:
        return None
    kind = "dropped" if key in ("dropped", "duplicate_reasons") else "kept"
    written = numbers.size if unit.endswith("bytes") else numbers.plain
    bars = [Bar(_row_label(key, row), [(kind, row[unit])], written(row[unit])) for row in rows]
    return charts.bars(*TITLES[key], bars)


def _languages(charts: Charts, key: str, rows: list[dict[str, Any]]) -> Markup | None:
    """The most frequent languages but Khmer, kept and dropped."""
    named = [row for row in rows if row["language"] not in (None, KHMER)][:CHARTED]
    bars = [
        Bar(
            language(row["language"]),
            [(fate, row[fate]) for fate in ("kept", "dropped")],
            numbers.plain(row["documents"]),
        )
        for row in named
    ]
    return charts.bars(*TITLES[key], bars) if bars else None


def _scores(charts: Charts, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Histograms: of scores by whose rules documents are dropped, of those whose rules drop none, of the rest."""
    drawn = [_histogram(charts, row) for row in rows]
    ruled = [row for row in drawn if row["rules"]]
    return {
        "deciding": [row for row in ruled if any(row["dropped"])],
        "unmet": [row for row in ruled if not any(row["dropped"])],
        "families": _families([row for row in drawn if not row["rules"]]),
    }


def _families(scores: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Scores by family in the glossary's order; families that it does not know come last."""
    known = names("families")
    unknown = sorted({row["family"] for row in scores} - set(known))
    found = [(family, [row for row in scores if row["family"] == family]) for family in (*known, *unknown)]
    return [(family, rows) for family, rows in found if rows]


LABELLED = {
    "sources": "source",
    "hosts": "host",
    "licences": "licence",
    "days": "day",
    "crawled_hosts": "host",
}


def _row_label(key: str, row: Mapping[str, Any]) -> Label:
    if key in ("dropped", "duplicate_reasons"):
        return label("reasons", row["reason"])
    if key == "repairs":
        return label("repairs", row["group"])
    if key == "cluster_sizes":
        return plain_label(f"{row['least']:,}–{row['most']:,}")
    if key == "hosts" and row["host"] is None:
        return Label(f"គេហទំព័រផ្សេងទៀត {row['others']:,}", f"{row['others']:,} other hosts")
    return plain_label(row[LABELLED.get(key, "name")])


def _histogram(charts: Charts, row: dict[str, Any]) -> dict[str, Any]:
    title, about = TITLES["score"]
    named = Label(f"{title.km}: {row['score']}", f"{title.en}: {row['score']}")
    return {**row, "chart": charts.histogram(named, about, row)}


def _bits(charts: Charts, figures: Figures) -> Markup | None:
    values = [(model, figures.values[f"training.{model}"]) for model in ("model", "five_gram", "unigram")]
    bars = [
        Bar(label("models", model), [("kept" if model == "model" else "other", float(value))], f"{value:.3f}")
        for model, value in values
        if value is not None
    ]
    return charts.bars(*TITLES["bits"], bars) if bars else None
