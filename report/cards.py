"""The data card of a run: README.md for the Hugging Face hub, croissant.json, and a table of licences."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from license_expression import ExpressionError, get_spdx_licensing

from corpus.document import DOCUMENT
from corpus.manifest import HOUSE
from corpus.task import Task
from report import numbers
from report.figures import Figures
from report.glossary import label, language
from report.records import RunRecord

TEMPLATES = HOUSE / "data_cards"
SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000)
TYPES = {"int64": "sc:Integer", "timestamp[ms, tz=UTC]": "sc:DateTime"}


def write_cards(task: Task[Any], record: RunRecord, figures: Figures) -> None:
    """Write card/README.md, card/croissant.json and card/licences.csv."""
    description = croissant(record, figures)
    pages = {
        "card/README.md": readme(figures),
        "card/croissant.json": json.dumps(description, ensure_ascii=False, indent=1) + "\n",
        "card/licences.csv": licence_table(figures),
    }
    for path, text in pages.items():
        with task.create(path) as file:
            file.write(text.encode("utf-8", "replace"))


def environment(figures: Figures) -> Environment:
    """A template environment in which every figure comes from `fig(name)` and a missing name is an error."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=False,  # noqa: S701 (Markdown)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )

    def shown(value: numbers.Value, form: str = "plain") -> str:
        if value is None:
            return " / ".join(numbers.NOT_MEASURED)
        return numbers.FORMS[form](value)

    def fig(key: str, form: str = "plain") -> str:
        return shown(figures.values[key], form)

    def statement(name: str) -> str:
        return (TEMPLATES / "statements" / f"{name}.md").read_text(encoding="utf-8").strip()

    made.filters |= {"shown": shown, "cell": cell}
    made.globals |= {"fig": fig, "name": label, "language": language, "statement": statement}
    return made


def readme(figures: Figures) -> str:
    """The card in Markdown, with the hub's metadata at its head."""
    rows = [{**row, "kind": licence_kind(row["licence"])} for row in figures.tables["licences"]]
    return (
        environment(figures)
        .get_template("README.md.j2")
        .render(tables=figures.tables, licences=rows, header=header(figures))
    )


def header(figures: Figures) -> str:
    """The metadata that the hub reads, in YAML (of which JSON values are a part)."""
    licences = [row["licence"] for row in figures.tables["licences"]]
    is_one = len(licences) == 1 and licence_kind(licences[0]) == "SPDX"
    values = {
        "pretty_name": f"Sastra: {figures.values['run.name']}",
        "language": ["km"],
        "license": licences[0].lower() if is_one else "other",
        "task_categories": ["text-generation", "fill-mask"],
        "size_categories": [size_category(int(figures.values["kept.documents"] or 0))],
        "configs": [{"config_name": "default", "data_files": "documents/*.parquet"}],
    }
    return "\n".join(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in values.items())


def size_category(n_documents: int) -> str:
    """The hub's name for a size: `100K<n<1M`."""
    names = {
        n: f"{n:,}".replace(",000,000,000", "B").replace(",000,000", "M").replace(",000", "K") for n in SIZES
    }
    upper = next((n for n in SIZES if n_documents < n), None)
    if upper is None:
        return f"n>{names[SIZES[-1]]}"
    below = [n for n in SIZES if n < upper]
    return f"{names[below[-1]]}<n<{names[upper]}" if below else f"n<{names[upper]}"


def licence_kind(licence: str) -> str:
    """Whether a licence is an SPDX expression, a reference of our own, or neither."""
    if licence.startswith("LicenseRef-"):
        return "LicenseRef"
    spdx = get_spdx_licensing()
    try:
        parsed = spdx.parse(licence)
    except ExpressionError:
        return "unknown"
    return "unknown" if parsed is None or spdx.unknown_license_keys(parsed) else "SPDX"


def licence_table(figures: Figures) -> str:
    """CSV: licence, its kind, documents, characters, bytes and share of bytes."""
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    names = ("documents", "chars", "bytes", "share")
    rows.writerow(["licence", "kind", *names])
    for row in figures.tables["licences"]:
        rows.writerow([row["licence"], licence_kind(row["licence"]), *(row[name] for name in names)])
    return written.getvalue()


def cell(text: str) -> str:
    """A text that may stand in a cell of a Markdown table."""
    return " ".join(text.replace("|", "\\|").split())


def croissant(record: RunRecord, figures: Figures) -> dict[str, Any]:
    """The corpus as Croissant 1.0: every shard with its SHA-256, and the columns of a document."""
    summary = (TEMPLATES / "statements" / "purpose.en.md").read_text(encoding="utf-8")
    stage = record.corpus
    outputs = record.manifests[stage].outputs if stage else []
    shards = [file for file in outputs if file["path"].startswith("documents/")]
    files = [
        {
            "@type": "cr:FileObject",
            "@id": file["path"],
            "name": file["path"],
            "contentUrl": f"../../{stage}/{file['path']}",
            "contentSize": f"{file['bytes']} B",
            "encodingFormat": "application/x-parquet",
            "sha256": file["sha256"],
        }
        for file in shards
    ]
    dated = figures.values["data.last_fetched"]
    return {
        "@context": json.loads((TEMPLATES / "croissant_context.json").read_text(encoding="utf-8")),
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": f"sastra-{figures.values['run.name']}",
        "description": " ".join(summary.split()),
        "inLanguage": "km",
        "license": [row["licence"] for row in figures.tables["licences"]] or ["unknown"],
        **({"datePublished": dated} if dated else {}),
        **_responsible(figures),
        "distribution": files,
        "recordSet": [_record_set(file["path"]) for file in shards],
    }


def _responsible(figures: Figures) -> dict[str, Any]:
    """How the texts were cleaned, in the terms of Croissant's vocabulary for responsible AI; nothing unknown."""
    values, tables = figures.values, figures.tables
    rules = [f"dropped where {row['score']} {row['bound']}: {row['reason']}" for row in tables["rules"]]
    benchmarks = [
        f"dropped where an item of {row['file']} stands in the text" for row in tables["benchmarks"]
    ]
    repairs = [
        f"repaired: {label('repairs', row['group']).en} ({row['documents']} documents)"
        for row in tables["repairs"]
    ]
    tools = {"extractor": values["cleaning.extractor"], "ICU": values["cleaning.icu"]}
    kinds = [f"{label('personal', row['name']).en}: {row['count']} masked" for row in tables["personal"]]
    told = {
        "rai:dataPreprocessingProtocol": [*repairs, *rules, *benchmarks],
        "rai:machineAnnotationTools": [f"{name}: {value}" for name, value in tools.items() if value],
        "rai:personalSensitiveInformation": kinds,
    }
    return {name: lines for name, lines in told.items() if lines}


def _record_set(path: str) -> dict[str, Any]:
    """The rows of one shard; nested columns are left to the Parquet schema."""
    name = path.rpartition("/")[2].partition(".")[0]
    fields = [
        {
            "@type": "cr:Field",
            "@id": f"{name}/{field.name}",
            "name": field.name,
            "dataType": TYPES.get(str(field.type), "sc:Text"),
            "source": {"fileObject": {"@id": path}, "extract": {"column": field.name}},
        }
        for field in DOCUMENT
        if not field.type.num_fields
    ]
    return {"@type": "cr:RecordSet", "@id": name, "name": name, "field": fields}
