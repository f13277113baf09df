"""Batches of settled pages, cleaned without a stage around them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa

from clean.attributes import MASKED, REPAIRED, attribute_schema
from clean.config import CleanConfig
from clean.decide import Rule
from clean.documents import HARMED, clean_pages
from clean.extract.hosts import KNOWN
from clean.extract.page import Reading, extract
from clean.extract.settle import settle
from clean.extract.tables import SETTLED
from clean.scores import score
from clean.scores.texts import Texts
from corpus.document import RECORD, documents_table
from khmer.rules import MINORITY

ZWSP = "\u200b"
PALI = (
    "នមោ តស្ស ភគវតោ អរហតោ សម្មាសម្ពុទ្ធស្ស ពុទ្ធំ សរណំ គច្ឆាមិ ធម្មំ សរណំ គច្ឆាមិ សង្ឃំ សរណំ គច្ឆាមិ "
    "ទុតិយម្បិ ពុទ្ធំ សរណំ គច្ឆាមិ ទុតិយម្បិ ធម្មំ សរណំ គច្ឆាមិ ទុតិយម្បិ សង្ឃំ សរណំ គច្ឆាមិ "
    "យោ សោ ភគវា អរហំ សម្មាសម្ពុទ្ធោ ឃណ្ដា កណ្ដកោ បណ្ឌិតោ"
)


class Written:
    """Stands for the outcome of a task: what is kept and dropped, and the sizes before and after each step."""

    def __init__(self) -> None:
        self.kept = self.dropped = self.came = pa.table({})
        self.steps: dict[str, tuple[int, int]] = {}

    def read(self, table: pa.Table) -> None:
        self.came = table

    def edited(self, step: str, before: pa.Table, after: pa.Table) -> None:
        self.steps[step] = (sum(before["n_bytes"].to_pylist()), sum(after["n_bytes"].to_pylist()))

    def keep(self, table: pa.Table) -> None:
        self.kept = table

    def drop(self, table: pa.Table, reason: Any, value: Any, evidence: Any) -> None:
        self.dropped = table.append_column("reason", reason)


def rows(texts: Sequence[str], **columns: Sequence[Any]) -> list[dict[str, Any]]:
    return [
        {
            "id": str(n),
            "text": text,
            "source": "s",
            "licence": "CC0-1.0",
            "origin": {"file": "f", "position": n},
            **{name: values[n] for name, values in columns.items()},
        }
        for n, text in enumerate(texts)
    ]


def settled(given: list[dict[str, Any]]) -> pa.Table:
    return settle(extract(documents_table(given, RECORD), Reading("blocks", 1 << 20)), KNOWN.empty_table())


def clean(
    texts: Sequence[str], given: CleanConfig | None = None, **columns: Sequence[Any]
) -> tuple[Written, pa.Table]:
    written = Written()
    attributes = clean_pages(settled(rows(texts, **columns)), given or CleanConfig(), written)
    return written, attributes


def kept_texts(written: Written) -> list[str]:
    found: list[str] = written.kept["text"].to_pylist()
    return found


def test_no_pages_give_no_documents() -> None:
    written = Written()
    attributes = clean_pages(SETTLED.empty_table(), CleanConfig(), written)
    assert (len(written.kept), len(written.dropped), len(attributes)) == (0, 0, 0)
    assert attributes.schema == attribute_schema()


def test_khmer_is_normalised_and_what_that_would_harm_is_not(article: str) -> None:
    spaced = PALI.replace(" ", ZWSP)
    written, attributes = clean([f"កណ្ដាល{ZWSP}{article}", PALI, f"{PALI}\n{spaced}"])
    assert attributes["language"].to_pylist() == ["km", "pi", "pi"]
    assert kept_texts(written) == [f"កណ្តាល{article}", PALI, f"{PALI}\n{spaced}"]
    assert attributes["repaired_coeng_da"].to_pylist() == [1, 0, 0]
    assert attributes["repaired_zwsp"].to_pylist() == [1, 0, 0]
    assert sum(attributes[name].to_pylist()[0] for name in REPAIRED) == 2


def test_languages_that_are_spared_are_those_told_apart() -> None:
    assert "km" not in HARMED
    assert {"pi", "sa", "und-Khmr"} <= set(HARMED)
    assert not MINORITY.coeng_da
    assert not MINORITY.zwsp


def test_coeng_da_stays_where_it_is_asked_to() -> None:
    given = CleanConfig(coeng_da=False)
    written, attributes = clean(["កណ្ដាល"], given)
    assert kept_texts(written) == ["កណ្ដាល"]
    assert attributes["repaired_coeng_da"].to_pylist() == [0]


def test_titles_and_authors_are_normalised_and_masked() -> None:
    written, _ = clean(
        ["ក", "ខ"],
        title=[f"កណ្ដាល{ZWSP}  ហៅ 012 345 678", None],
        author=["សុខ sok@sala.example", None],
    )
    assert written.kept["title"].to_pylist() == ["កណ្តាល ហៅ ⟨phone⟩", None]
    assert written.kept["author"].to_pylist() == ["សុខ ⟨email⟩", None]


def test_spans_are_those_of_the_text_that_is_written(article: str) -> None:
    contact = f"ទាក់ទង{ZWSP}៖  ០១២ ៣៤៥ ៦៧៨ ឬ sok@sala.example"
    written, attributes = clean([f"{article}\n\n\n{contact}", article])
    [text, _], [spans, none] = kept_texts(written), attributes["personal"].to_pylist()
    assert [(s["kind"], text[s["start"] : s["end"]]) for s in spans] == [
        ("phone", "⟨phone⟩"),
        ("email", "⟨email⟩"),
    ]
    assert none == []
    assert [attributes[name].to_pylist() for name in ("masked_phone", "masked_email", "masked_id")] == [
        [1, 0],
        [1, 0],
        [0, 0],
    ]
    assert {f.name for f in attribute_schema()} > set(MASKED)


def test_personal_data_is_masked_in_what_is_dropped_too() -> None:
    given = CleanConfig(rules=[Rule("gopher_clusters", "too_short", below=20)])
    written, _ = clean(["ហៅ 012 345 678"], given)
    assert written.dropped.select(["text", "reason"]).to_pylist() == [
        {"text": "ហៅ ⟨phone⟩", "reason": "too_short"}
    ]


def test_a_text_over_the_limit_is_neither_cleaned_nor_scored(article: str) -> None:
    long = f"{ZWSP}{article}  sok@sala.example"
    given = CleanConfig(
        text_bytes=len(article.encode()), rules=[Rule("size_over_limit", "too_large", above=0)]
    )
    written, attributes = clean([long, article], given)
    assert written.dropped.select(["text", "n_bytes", "n_chars", "reason"]).to_pylist() == [
        {"text": long, "n_bytes": len(long.encode()), "n_chars": len(long), "reason": "too_large"}
    ]
    assert kept_texts(written) == [article]
    assert attributes["size_over_limit"].to_pylist() == [len(long.encode()) - len(article.encode()), 0]
    assert attributes["gopher_clusters"].to_pylist()[0] == 0
    assert {before - after for before, after in written.steps.values()} == {0}


def test_steps_tell_what_each_took(page: Callable[..., str], article: str) -> None:
    payload = page([*article.split("\n"), "ហៅ 012 345 678"]).encode()
    given = rows([""], payload=[payload], n_bytes=[len(payload)], url=["https://a.example/1"])
    written = Written()
    clean_pages(settled(given), CleanConfig(), written)
    assert list(written.steps) == ["extract", "normalise", "mask"]
    sizes = [size for step in written.steps.values() for size in step]
    assert sizes[0] == len(payload)
    assert sizes[1] == sizes[2] < sizes[0]
    assert sizes[3] == sizes[4]
    assert sizes[5] == len(kept_texts(written)[0].encode())


def test_attributes_hold_the_scores_of_the_normalised_text(
    texts_of: Callable[..., Texts], article: str
) -> None:
    _, attributes = clean([article.replace("ថ្ងៃ", "ថៃ្ង").replace("បាន", f"{ZWSP}បាន")])
    expected = score(texts_of([article])).to_pylist()[0]
    found = {name: value for name, value in attributes.to_pylist()[0].items() if name in expected}
    assert found == expected | {name: found[name] for name in found if name.startswith("page_")}
