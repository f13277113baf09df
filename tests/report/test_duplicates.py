from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pytest

from corpus.document import document_id, documents_table
from corpus.ledger import Amount
from report import dashboard
from report.duplicates import LARGEST_SOURCES, SHADES, TABLES, VALUES, duplicates, heat
from report.figures import Figures
from report.records import RunRecord

FORECAST = (
    "ក្រសួងធនធានទឹកសូមជូនដំណឹងអំពីអាកាសធាតុនៅ{place} ថ្ងៃទី{day} ខែ{month}។ មេឃមានពពកច្រើន ហើយអាចមានភ្លៀងធ្លាក់"
    "ពីបង្គួរទៅមធ្យម។ សូមបងប្អូនអ្នកនេសាទមានការប្រុងប្រយ័ត្នចំពោះខ្យល់បក់ខ្លាំងនៅពេលរសៀល។"
)
NOTE = "ចុចទីនេះដើម្បីអានព័ត៌មានបន្ថែម ឬទាក់ទង 012 345 678"


@dataclass
class Planted:
    """A run of `dedup` with copies of known sources, written as if it had finished."""

    new_run: Any
    stay: list[dict[str, Any]] = field(default_factory=list)
    gone: list[dict[str, Any]] = field(default_factory=list)
    members: list[dict[str, Any]] = field(default_factory=list)

    def document(self, key: str, text: str, source: str) -> dict[str, Any]:
        place = {"file": "planted", "position": len(self.members)}
        return {
            "id": document_id(source, key),
            "text": text,
            "source": source,
            "licence": "CC0-1.0",
            "origin": place,
            "host": f"{source}.example.kh",
            "url": f"https://{source}.example.kh/{key}",
        }

    def cluster(self, key: str, text: str, source: str, copies: list[tuple[str, str, str, int, int]]) -> None:
        """A kept document and its copies: text, source, reason, numbers and places lost."""
        kept = self.document(key, text, source)
        self.stay.append(kept)
        self.member(kept, kept, None, 0, 0)
        for n, (copy, origin, reason, numbers, places) in enumerate(copies):
            lost = self.document(f"{key}-{n}", copy, origin)
            self.gone.append({**lost, "reason": reason, "evidence": kept["id"]})
            self.member(kept, lost, reason, numbers, places)

    def member(self, kept: Any, own: Any, reason: str | None, numbers: int, places: int) -> None:
        tie = {
            "cluster": kept["id"],
            "kept": kept["id"],
            "member": own["id"],
            "reason": reason,
            "jaccard": 0.9,
        }
        lost = {"numbers_lost": numbers, "places_lost": places}
        self.members.append({**tie, "source": own["source"], "host": own["host"], **lost})

    def record(self, *without: str) -> RunRecord:
        task = self.new_run.task("dedup")
        stay, gone = documents_table(self.stay), documents_table(self.gone)
        with task.outcome() as out:
            out.read(stay)
            out.read(gone)
            out.drop(
                gone,
                pa.array([row["reason"] for row in self.gone], pa.string()),
                0.9,
                pa.array([row["evidence"] for row in self.gone], pa.string()),
            )
            out.keep(stay)
        task.ledger.add("web", "edited", "repeated_passages", Amount(0, 120, 360, 50))
        cut = [(f"{n}", text, "web") for n in range(2) for text in (NOTE, f"{NOTE} {n}")]
        columns = zip(*cut, strict=True)
        passages = dict(zip(("id", "text", "source"), (pa.array(column) for column in columns), strict=True))
        passages |= {"evidence": pa.array(["0"] * len(cut)), "text": passages["text"].cast(pa.large_string())}
        self.new_run.write(task, "passages/part-00000.parquet", pa.table(passages))
        clusters = pa.Table.from_pylist(self.members).drop_columns(list(without))
        types = {"numbers_lost": pa.int32(), "places_lost": pa.int32()}
        schema = pa.schema([pa.field(f.name, types.get(f.name, f.type)) for f in clusters.schema])
        self.new_run.write(task, "clusters/part-00000.parquet", clusters.cast(schema))
        self.new_run.finish(task)
        return RunRecord.open(self.new_run.config)


def forecast(place: str, day: str, month: str) -> str:
    return FORECAST.format(place=place, day=day, month=month)


@pytest.fixture
def planted(new_run: Any) -> Planted:
    run = Planted(new_run)
    first = forecast("ខេត្តបាត់ដំបង", "១២", "មេសា")
    others = [
        (forecast("ខេត្តកំពត", "១៤", "កញ្ញា"), "web", "near_duplicate", 2, 1),
        (forecast("ខេត្តតាកែវ", "១២", "មេសា"), "radio", "near_duplicate", 0, 1),
        (forecast("ខេត្តបាត់ដំបង", "១៥", "មេសា"), "radio", "near_duplicate", 1, 0),
        (first, "books", "exact_duplicate", 0, 0),
    ]
    run.cluster("forecast", first, "web", others)
    story = "ទន្សាយដ៏ឆ្លាតម្នាក់បានឆ្លងទន្លេដោយជិះលើខ្នងក្រពើ។"
    run.cluster("story", story, "books", [(story, "web", "url_duplicate", 0, 0)])
    return run


def test_losses_by_reason(planted: Planted) -> None:
    values, tables = duplicates(planted.record())
    assert [(row["reason"], row["documents"]) for row in tables["duplicate_reasons"]] == [
        ("near_duplicate", 3),
        ("exact_duplicate", 1),
        ("url_duplicate", 1),
    ]
    assert (values["documents"], values["dropped"], values["share"]) == (7, 5, 5 / 7)
    assert values["dropped_bytes"] == sum(len(row["text"].encode()) for row in planted.gone)


def test_clusters_by_size_and_by_their_sources(planted: Planted) -> None:
    values, tables = duplicates(planted.record())
    assert tables["cluster_sizes"] == [
        {"least": 2, "most": 3, "clusters": 1, "members": 2},
        {"least": 4, "most": 7, "clusters": 1, "members": 5},
    ]
    assert [tuple(row.values()) for row in tables["cluster_sources"]] == [(2, 1, 2), (3, 1, 5)]
    assert values["clusters"] == 2


def test_a_document_of_repeated_passages_is_no_copy_of_the_one_that_has_them(planted: Planted) -> None:
    kept = planted.stay[1]
    lost = planted.document("passages", "ទន្សាយដ៏ឆ្លាតម្នាក់", "radio")
    planted.gone.append({**lost, "reason": "repeated_passages", "evidence": kept["id"]})
    planted.member(kept, lost, "repeated_passages", 7, 7)
    values, tables = duplicates(planted.record())
    assert [row["members"] for row in tables["cluster_sizes"]] == [2, 5]
    assert [row["members"] for row in tables["largest_clusters"]] == [5, 2]
    assert [row["sources"] for row in tables["cluster_sources"]] == [2, 3]
    assert ("radio", "books") in {(row["source"], row["kept_source"]) for row in tables["overlap"]}
    assert (values["dropped"], values["numbers_lost"], values["places_lost"]) == (6, 3, 2)


def test_the_largest_clusters_tell_their_members_sources(planted: Planted) -> None:
    largest, second = duplicates(planted.record())[1]["largest_clusters"]
    assert [(part["source"], part["documents"]) for part in largest["sources"]] == [
        ("radio", 2),
        ("web", 2),
        ("books", 1),
    ]
    assert (largest["members"], largest["hosts"]) == (5, 3)
    assert largest["text"].startswith("ក្រសួងធនធានទឹក")
    assert largest["url"] == "https://web.example.kh/forecast"
    assert second["members"] == 2


def test_the_overlap_counts_what_went_for_a_document_of_which_source(planted: Planted) -> None:
    values, tables = duplicates(planted.record())
    found = {(row["source"], row["kept_source"]): row["documents"] for row in tables["overlap"]}
    assert found == {("web", "web"): 1, ("radio", "web"): 2, ("books", "web"): 1, ("web", "books"): 1}
    sizes = {(row["source"], row["kept_source"]): row["bytes"] for row in tables["overlap"]}
    assert sizes["books", "web"] == len(planted.stay[0]["text"].encode())
    shares = {(row["source"], row["kept_source"]): row["share"] for row in tables["overlap"]}
    assert shares["radio", "web"] == 1
    assert shares["web", "books"] == pytest.approx(1 / 3)
    assert values["foreign_documents"] == 4


def test_small_sources_are_summed_in_the_overlap(new_run: Any) -> None:
    run = Planted(new_run)
    for n in range(LARGEST_SOURCES + 3):
        copies = [("អត្ថបទ", f"s{n:02d}", "near_duplicate", 0, 0)] * (40 - n)
        run.cluster(f"c{n}", "អត្ថបទ", f"s{n:02d}", copies)
    overlap = duplicates(run.record())[1]["overlap"]
    assert len(overlap) == LARGEST_SOURCES + 1
    assert overlap[-1]["source"] is overlap[-1]["kept_source"] is None
    assert sum(row["documents"] for row in overlap) == len(run.gone)
    square = heat(overlap)
    assert square
    assert square["sources"][-1] is None
    assert [source for source, _ in square["rows"]] == square["sources"]


def test_shades_follow_the_order_of_magnitude() -> None:
    counts = {"a": 1, "b": 30, "c": 1000}
    square = heat([{"source": s, "kept_source": s, "documents": n} for s, n in counts.items()])
    assert square
    shades = {source: max(cell["shade"] for cell in cells) for source, cells in square["rows"]}
    assert shades == {"c": SHADES, "b": 2, "a": 1}
    assert [cell["shade"] for cell in square["rows"][0][1]] == [SHADES, 0, 0]
    assert heat([]) is None
    assert heat([{"source": "a", "kept_source": "a", "documents": 1}])["rows"] == [  # type: ignore[index]
        ("a", [{"documents": 1, "shade": 1}])
    ]


def test_a_family_is_a_component_of_which_several_lost_facts(planted: Planted) -> None:
    values, tables = duplicates(planted.record())
    (family,) = tables["families"]
    assert {
        name: family[name] for name in ("losing", "members", "kept_documents", "numbers_lost", "places_lost")
    } == {
        "losing": 3,
        "members": 5,
        "kept_documents": 1,
        "numbers_lost": 3,
        "places_lost": 2,
    }
    assert family["sources"] == ["books", "radio", "web"]
    assert [(row["places_lost"], row["numbers_lost"]) for row in family["examples"]] == [
        (1, 2),
        (1, 0),
        (0, 1),
    ]
    assert (values["families"], values["facts_documents"]) == (1, 3)
    assert (values["numbers_lost"], values["places_lost"]) == (3, 2)


def marked(pieces: list[dict[str, str]], kind: str) -> list[str]:
    return [piece["text"].strip() for piece in pieces if piece["kind"] == kind]


def test_the_examples_of_a_family_show_what_is_lost(planted: Planted) -> None:
    (family,) = duplicates(planted.record())[1]["families"]
    worst = family["examples"][0]
    assert marked(worst["removed_text"], "facts") == ["ខេត្តកំពត", "១៤", "ខែកញ្ញា"]
    assert marked(worst["kept_text"], "facts") == ["ខេត្តបាត់ដំបង", "១២", "ខែមេសា"]
    assert "".join(piece["text"] for piece in worst["removed_text"]).startswith("ក្រសួងធនធានទឹក")


def test_personal_data_is_masked_in_what_is_shown(new_run: Any) -> None:
    run = Planted(new_run)
    text = forecast("ខេត្តបាត់ដំបង", "១២", "មេសា") + " ទូរស័ព្ទ 012 345 678"
    copies = [
        (text.replace("បាត់ដំបង", name), "web", "near_duplicate", 0, 1) for name in ("កំពត", "តាកែវ", "ក្រចេះ")
    ]
    run.cluster("forecast", text, "web", copies)
    _, tables = duplicates(run.record())
    assert "345 678" not in str(tables)


def test_passages_cut_out_by_source(planted: Planted) -> None:
    values, tables = duplicates(planted.record())
    (row,) = tables["passages"]
    assert (row["source"], row["chars"], row["clusters"]) == ("web", 120, 50)
    assert values["passage_chars"] == 120
    assert values["passage_documents"] == 2
    (repeated,) = tables["repeated"]
    assert (repeated["times"], repeated["sources"], repeated["kept"]) == (2, ["web"], "0")
    assert repeated["text"] == "ចុចទីនេះដើម្បីអានព័ត៌មានបន្ថែម ឬទាក់ទង ⟨phone⟩"
    assert 0 < row["share"] < 1


def test_what_was_not_counted_is_unknown(planted: Planted) -> None:
    values, tables = duplicates(planted.record("numbers_lost", "places_lost"))
    assert tables["families"] == []
    assert values["facts_documents"] is values["families"] is None
    assert values["dropped"] == 5


def test_a_run_without_deduplication_has_no_figures(new_run: Any) -> None:
    new_run.crawl()
    values, tables = duplicates(RunRecord.open(new_run.config))
    assert values == dict.fromkeys(VALUES)
    assert tables == {name: [] for name in TABLES}


def test_the_section_shows_all_of_it(planted: Planted, toy: Any) -> None:
    from report.figures import measure

    values, tables = duplicates(planted.record())
    figures: Figures = measure(RunRecord.open(toy.config), "toy", 10_000)
    figures.add("duplicates", values)
    figures.tables.update(tables)
    page = dashboard.render(figures, [])
    section = page.partition('<section id="duplicates">')[2].partition("</section>")[0]
    for part in (
        '<mark class="facts">ខេត្តកំពត</mark>',
        "radio&nbsp;2",
        'class="n shade-5"',
        "<code>url_duplicate</code>",
        "Repeated passages removed",
        "Passages cut out most often",
    ):
        assert part in section
