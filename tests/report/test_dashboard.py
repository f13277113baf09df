from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

import jinja2
import pytest

from report import dashboard
from report.figures import Figures, measure
from report.records import RunRecord

TEMPLATES = sorted(dashboard.TEMPLATES.rglob("*.html"))
PANELS = ("header", "numbers", "funnel", "dropped", "composition", "scores", "duplicates", "personal")
PANELS += ("cleaning", "trials", "tokenizer", "training", "crawl", "texts", "method")


def name(path: Path) -> str:
    return path.name


def prose(template: str) -> str:
    """What a template says by itself: no markup, no statements; of expressions only their texts."""
    texts = [
        text for call in re.findall(r"\{\{(.*?)\}\}", template, re.S) for text in re.findall(r'"(.*?)"', call)
    ]
    typed = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<style.*?</style>|<[^>]*>", " ", template, flags=re.S)
    return " ".join([typed, *(text for text in texts if not re.fullmatch(r"[a-z_0-9. ]*", text))])


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_no_figure_is_typed_by_hand(path: Path) -> None:
    said = re.sub(r"UTF-8|SHA-256|FineWeb2|&[a-z]+;", "", prose(path.read_text(encoding="utf-8")))
    assert re.findall(r"\S*\d\S*", said) == []  # \d holds Khmer digits too


@pytest.mark.parametrize("panel", PANELS)
def test_every_panel_is_there(page: str, panel: str) -> None:
    assert page.count(f'id="{panel}"') == 1


def test_all_ids_are_different(page: str) -> None:
    ids = re.findall(r'\sid="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'aria-labelledby="(\S+) ', page)) <= set(ids)


def test_the_page_loads_nothing_and_allows_only_its_own_style_and_script(page: str) -> None:
    assert re.findall(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=", page) == []
    assert re.findall(r'\sstyle="', page) == []
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    assert policy[1].startswith("default-src 'none'")
    for tag, text in (("style", r"<style>(.*?)</style>"), ("script", r"<script>(.*?)</script>")):
        (source,) = re.findall(text, page, re.S)
        digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy[1].replace("&#39;", "'")


def test_texts_of_documents_are_escaped(page: str) -> None:
    assert "<b>&\n" not in page
    assert "អត្ថបទទី 0 &lt;b&gt;&amp;" in page


def test_token_counts_name_their_tokenizer(page: str) -> None:
    assert page.count("toy-1k") >= 3
    assert "ab" * 32 in page


def panel(page: str, name: str) -> str:
    """The text of one panel without markup, blanks squeezed."""
    found = re.search(rf'<section id="{name}">(.*?)</section>', page, re.S)
    assert found
    return " ".join(re.sub(r"<[^>]*>", " ", found[1]).split())


def test_cleaning_shows_what_it_did(page: str) -> None:
    shown = panel(page, "cleaning")
    for part in (
        "Extractor : blocks · ICU 78.3",
        "បន្ទាត់ដដែលៗរបស់គេហទំព័រដែលដកចេញ · Lines removed because their host repeats them 24 480",
        "Pages in legacy fonts turned into Unicode 1 100.0 %",
        "Benchmark items kept out 12 khmer.jsonl: 1",
        "order of signs in a cluster 15 45",
        "បាលី · Pali pi 2 0 2 3.3 %",
        "CC-BY-SA-4.0",
        "ដូចគ្នា · same",
        "ខុសគ្នា · different",
        "confidence that it is main text",
    ):
        assert part in shown


def test_cleaning_leaves_out_what_was_not_looked_for(record: RunRecord) -> None:
    figures = measure(record, "toy", 10_000)
    figures.values["cleaning.legacy_documents"] = None
    for table in ("stated_licences", "extraction", "repairs", "benchmarks", "other_languages"):
        figures.tables[table] = []
    shown = panel(dashboard.render(figures, []), "cleaning")
    for part in ("legacy fonts", "Licences", "Extraction from pages", "Repairs by group", "Other languages"):
        assert part not in shown
    assert "no benchmark is configured" in shown


def test_all_kinds_of_personal_data_are_told_with_their_placeholders(page: str) -> None:
    shown = panel(page, "personal")
    assert "telephone numbers ⟨phone⟩ 60 30" in shown
    assert "e-mail addresses ⟨email⟩ 30 30" in shown
    assert "Names of people are not looked for" in shown


def test_scores_that_drop_are_open_and_the_others_folded(page: str) -> None:
    found = re.search(r'<section id="scores">(.*?)</section>', page, re.S)
    assert found
    opened = found[1]
    while "<details>" in opened:
        opened = re.sub(r"<details>(?:(?!<details>).)*?</details>", "", opened, flags=re.S)
    names = re.findall(r"<figcaption>.*?<code>(\w+)</code>", found[1], re.S)
    assert names == [
        "khmer_khmer_share",
        "contamination_share",
        "page_legacy_chars",
        "page_host_share",
        "page_confidence",
        "gopher_clusters",
    ]
    assert re.findall(r"<figcaption>.*?<code>(\w+)</code>", opened, re.S) == names[:2]


def test_the_rules_are_shown_as_configured(page: str) -> None:
    shown = panel(page, "scores")
    assert "khmer_khmer_share &lt; 0.3 មិនមែនភាសាខ្មែរ · not Khmer 6 6" in shown
    assert "page_legacy_chars &gt; 1,000" in shown


def test_families_have_an_order_and_unknown_ones_come_last() -> None:
    rows = [{"family": family} for family in ("novel", "gopher", "page", "gopher")]
    assert [(family, len(found)) for family, found in dashboard._families(rows)] == [
        ("page", 1),
        ("gopher", 2),
        ("novel", 1),
    ]


def test_a_broken_law_is_shown(record: RunRecord) -> None:
    figures = measure(record, "toy", 10_000)
    figures.tables["stages"][2]["missing"] = [{"source": "web", "unit": "documents", "amount": 7}]
    assert 'class="bad">✗' not in dashboard.render(measure(record, "toy", 10_000), [])
    assert 'class="bad">✗' in dashboard.render(figures, [])


def test_a_stage_that_was_not_run_again_is_named_at_the_top(record: RunRecord) -> None:
    figures = measure(record, "toy", 10_000)
    assert "not run again since" not in dashboard.render(figures, [])
    figures.tables["stages"][4]["stale"] = ["dedup"]
    head = dashboard.render(figures, []).partition("<main>")[0]
    assert "not run again since a change of" in head


def test_a_run_of_one_stage_has_all_panels_and_says_what_is_missing(new_run: Any) -> None:
    new_run.crawl()
    page = dashboard.render(measure(RunRecord.open(new_run.config), "toy", 10_000), [])
    for panel in PANELS:
        assert f'id="{panel}"' in page
    assert page.count("This stage has not run yet.") == 9
    assert "not measured" in page


def test_an_unknown_figure_is_an_error() -> None:
    template = dashboard.environment(Figures()).from_string('{{ fig("kept.unheard_of") }}')
    with pytest.raises(KeyError, match="unheard_of"):
        template.render()
    with pytest.raises(jinja2.UndefinedError):
        dashboard.environment(Figures()).from_string("{{ nothing }}").render()


def test_what_was_not_measured_says_so_in_both_languages() -> None:
    shown = dashboard.environment(Figures({"x": None})).from_string('{{ fig("x", "percent") }}').render()
    assert "not measured" in shown
    assert "មិនទាន់បានវាស់" in shown
