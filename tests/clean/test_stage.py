"""The whole stage on a few records: fates, conservation, personal data, hosts, hostile pages, bytes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from clean.attributes import MASKED, REMOVED, REPAIRED
from clean.scores import SCORES
from clean.stage import STAGE
from corpus.stage import execute
from tests.clean.planted import (
    Record,
    cleaned_folder,
    config,
    fates,
    manifest_of,
    options,
    record,
    rows_of,
    write_ingest,
)
from tests.killing import contents, killed_until_done

Page = Callable[..., str]
LIMON = (
    "kar)acRsUvenAPUmirbs;eyIg )ancab;epþImkalBIéf¶cnÞ edaymankarcUlrYmBIGñkPUmirhUtdl;BIrryRKYsar ."
    " sMNabTaMgenaHl¥Nas; eRBaHmanTwkRKb;RKan;eBjmYyrdUv .\n"
    "salasUmGMBavnavdl;sb,ursCnCYy]btßmÖesovePA tu nigekAGI. bnÞb;eroncMnYnbIRtUvkarCYsCuldMbUl munrdUvvsSa."
)
LIMON_IN_KHMER = (
    "ការបាចស្រូវនៅភូមិរបស់យើង បានចាប់ផ្តើមកាលពីថ្ងៃចន្ទ ដោយមានការចូលរួមពីអ្នកភូមិរហូតដល់ពីររយគ្រួសារ ។"
    " សំណាបទាំងនោះល្អណាស់ ព្រោះមានទឹកគ្រប់គ្រាន់ពេញមួយរដូវ ។\n"
    "សាលាសូមអំពាវនាវដល់សប្បុរសជនជួយឧបត្ថម្ភសៀវភៅ តុ និងកៅអី។ បន្ទប់រៀនចំនួនបីត្រូវការជួសជុលដំបូល មុនរដូវវស្សា។"
)
PALI = (
    "នមោ តស្ស ភគវតោ អរហតោ សម្មាសម្ពុទ្ធស្ស។ ពុទ្ធំ សរណំ គច្ឆាមិ។ ធម្មំ សរណំ គច្ឆាមិ។ សង្ឃំ សរណំ គច្ឆាមិ។\n"
    "ទុតិយម្បិ ពុទ្ធំ សរណំ គច្ឆាមិ។ ទុតិយម្បិ ធម្មំ សរណំ គច្ឆាមិ។ ទុតិយម្បិ សង្ឃំ សរណំ គច្ឆាមិ។\n"
    "ឥតិបិ សោ ភគវា អរហំ សម្មាសម្ពុទ្ធោ វិជ្ជាចរណសម្បន្នោ សុគតោ លោកវិទូ អនុត្តរោ បុរិសទម្មសារថិ សត្ថា ទេវមនុស្សានំ ពុទ្ធោ ភគវាតិ។"
)
PERSONAL = (
    "ទាក់ទង dara@sala.example ឬ ០១២ ៣៤៥ ៦៧៨ នៅម៉ោងធ្វើការរាល់ថ្ងៃ។",
    "រថយន្តពណ៌សបាត់នៅក្បែរផ្សារ ផ្លាកលេខ ភ្នំពេញ 2AB-1234 អ្នកឃើញសូមជួយប្រាប់ម្ចាស់ផង។",
)
BENCHMARK_ITEM = (
    "អ្នកវិទ្យាសាស្ត្រថា ផ្កាយដុះកន្ទុយនេះនឹងវិលមកជិតផែនដីម្តងទៀតក្នុងរយៈពេលចិតសិបប្រាំមួយឆ្នាំ ហើយមនុស្សអាចមើលឃើញវាដោយភ្នែកទទេ។"
)
SPAM = (
    "កាស៊ីណូអនឡាញល្អបំផុត ចុះឈ្មោះថ្ងៃនេះ ទទួលបានប្រាក់រង្វាន់ស្វាគមន៍ភ្លាមៗ។ ស្លុតអនឡាញ បាការ៉ាត់ មាន់ជល់ ភ្នាល់បាល់ មានគ្រប់មុខ។ "
    "ដាក់ប្រាក់ឆាប់ ដកប្រាក់លឿន លេងស្លុត ភ្នាល់បាល់ បាការ៉ាត់ផ្សាយផ្ទាល់ ឈ្នះជេកផតធំរាល់យប់។"
)
SUBJECTS = ("ស្រូវ", "ស្វាយ", "ដូង", "ម្រេច", "កៅស៊ូ", "ដំឡូង")
TOWNS = ("តាកែវ", "កំពត", "ក្រចេះ", "ពោធិ៍សាត់", "បាត់ដំបង", "កោះកុង")
NOTICE = "សូមចុះឈ្មោះទទួលព័ត៌មានថ្មីៗពីយើងខ្ញុំរៀងរាល់ព្រឹក តាមទូរស័ព្ទដៃរបស់លោកអ្នកដោយមិនគិតថ្លៃ។"
HARVEST, MARKET = "harvest.example", "market.example"
PRICES = "តម្លៃស្រូវ ស្វាយ ដូង ម្រេច កៅស៊ូ ដំឡូង នៅផ្សារតាកែវ"


def legacy_page(text: str) -> bytes:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in text.split("\n"))
    html = f"<title>dMNwgGMBIRsUv</title><body><font face='Limon S1'><div class=post><h1>dMNwgGMBIRsUv</h1>{body}</div>"
    return html.encode("cp1252")


def story(n: int) -> tuple[str, str]:
    subject, town = SUBJECTS[n], TOWNS[n]
    return (
        f"កសិករនៅខេត្ត{town}បានប្រមូលផល{subject}ច្រើនជាងឆ្នាំមុន ទោះបីភ្លៀងមកយឺតជាងធម្មតាក៏ដោយ។",
        f"ពួកគាត់ថា តម្លៃ{subject}នៅផ្សារ{town}ឡើងខ្ពស់ ហើយឈ្មួញមកទិញដល់ផ្ទះរៀងរាល់សប្តាហ៍។",
    )


def harvest(page: Page, n: int) -> bytes:
    """One of six pages of a host that puts the same line under every article."""
    return page([*story(n), NOTICE], heading=f"ការប្រមូលផល{SUBJECTS[n]}នៅ{TOWNS[n]}").encode()


def boxed(n: int, paragraphs: Sequence[str]) -> bytes:
    """A page with a box that is longer than a short answer in the place of the article."""
    main = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<title>{n}</title><div class='menu'><a href=/>ទំព័រដើម</a></div>"
        f"<div class='promo-box'><p>{NOTICE}</p></div><div class='post-{n} text'>{main}</div>"
    ).encode()


def records(page: Page, article: str) -> list[Record]:
    teaser = [f"ដំណឹងទី {n} អំពីសាលារៀន ផ្លូវថ្នល់ និងផ្សារថ្មីនៅក្នុងឃុំរបស់យើង ដែលបានបើក…" for n in range(8)]
    head = (
        '<link rel="canonical" href="https://a.example/good">'
        '<link rel="license" href="https://creativecommons.org/licenses/by/4.0/">'
    )
    return [
        record("good", page(head=head).encode()),
        record("personal", page([*article.split("\n"), *PERSONAL], heading="ទាក់ទង 012 345 678").encode()),
        record("empty", b""),
        record("junk", bytes(range(256)) * 20),
        record("english", b"<p>The school planted trees.</p>"),
        record("limon", legacy_page(LIMON)),
        *(record(f"harvest-{n}", harvest(page, n), host=HARVEST) for n in range(3)),
        record("missing", page(["មិនមានអត្ថបទនេះទេ។"], heading="រកមិនឃើញទំព័រ").encode()),
        record("list", page(teaser, heading="ដំណឹង").encode()),
        record("deep", ("<div>" * 20_000 + article).encode()),
        record("text", text=article.replace("\n", " \r\n\n\n") + "  ចប់  ។"),
        record("short", text="ខ្លីណាស់។"),
        record("misordered", text=article.replace("ថ្ងៃ", "ថៃ្ង")),
        record("spaced", text=article.replace("បាន", "\u200bបាន\u200b")),
        record("pali", text=PALI.replace(" ", "\u200b ")),
        record("casino", text=SPAM),
        record("broken", text=article.replace("ា", "្ា")),
        record("benchmark", text=f"{article}\n{BENCHMARK_ITEM}"),
        *(record(f"harvest-{n}", harvest(page, n), host=HARVEST) for n in range(3, 6)),
        *(record(f"market-{n}", boxed(n, story(n)), host=MARKET) for n in range(6)),
        record("prices", boxed(6, [PRICES]), host=MARKET),
        record("lonely", boxed(6, [PRICES]), host="lonely.example"),
    ]


EXPECTED: dict[str, str | None] = {
    "good": None,
    "personal": None,
    "empty": "not_khmer",
    "junk": "not_khmer",
    "english": "not_khmer",
    "limon": None,
    "missing": "soft_404",
    "list": "listing",
    "deep": "extract_failed",
    "text": None,
    "short": "too_short",
    "misordered": None,
    "spaced": None,
    "pali": "other_language",
    "casino": "spam",
    "broken": "broken_text",
    "benchmark": "benchmark",
    **{f"{host}-{n}": None for host in ("harvest", "market") for n in range(6)},
    "prices": None,
    "lonely": None,
}


@pytest.fixture(scope="module")
def benchmark(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("benchmarks") / "stars.jsonl"
    path.write_text(json.dumps({"sentence": BENCHMARK_ITEM}, ensure_ascii=False), encoding="utf-8")
    return f"benchmarks=[{{path:{path},fields:[sentence]}}]"


@pytest.fixture(scope="module")
def planted(page: Page, article: str) -> list[Record]:
    return records(page, article)


@pytest.fixture(scope="module")
def cleaned(tmp_path_factory: pytest.TempPathFactory, planted: list[Record], benchmark: str) -> Path:
    """A finished run over two shards; the host of the harvests has pages in both."""
    runs = tmp_path_factory.mktemp("runs")
    write_ingest(runs, [planted[:9], planted[9:]])
    execute(STAGE, config(runs, benchmark))
    return runs


def test_every_record_has_the_expected_fate(cleaned: Path) -> None:
    assert fates(cleaned) == EXPECTED


def test_what_is_kept_reads_well(cleaned: Path, article: str) -> None:
    kept = rows_of(cleaned, "documents")
    assert kept["good"]["text"] == article
    assert kept["good"]["title"] == "សិស្សដាំដើមឈើ"
    assert kept["misordered"]["text"] == article, "clusters are put in canonical order"
    assert kept["spaced"]["text"] == article, "zero-width spaces go"
    assert kept["text"]["text"] == article.replace("\n", "\n\n") + " ចប់ ។"
    for row in kept.values():
        assert row["n_bytes"] == len(row["text"].encode())
        assert row["n_chars"] == len(row["text"])


def test_a_page_in_a_legacy_font_is_kept_as_khmer(cleaned: Path) -> None:
    row, scores = (rows_of(cleaned, kind)["limon"] for kind in ("documents", "attributes"))
    assert row["text"] == LIMON_IN_KHMER
    assert row["title"] == "ដំណឹងអំពីស្រូវ"
    assert scores["page_legacy_chars"] >= len(row["text"])
    assert (scores["page_legacy_fonts"], scores["page_inner_capital_share"]) == (0, 0)


def test_lines_that_a_host_repeats_are_removed_wherever_its_pages_lie(cleaned: Path) -> None:
    kept, attributes = rows_of(cleaned, "documents"), rows_of(cleaned, "attributes")
    for n in range(6):
        name = f"harvest-{n}"
        assert NOTICE not in kept[name]["text"]
        assert kept[name]["text"].count("\n") == 1, "its own two paragraphs stay"
        assert (attributes[name]["page_host_lines"], attributes[name]["page_host_chars"]) == (1, len(NOTICE))
    removed = manifest_of(cleaned).facts["page_host"]
    assert removed == {"lines": 6, "chars": 6 * len(NOTICE)}
    assert attributes["good"]["page_host_lines"] == attributes["text"]["page_host_lines"] == 0


def test_places_of_main_text_are_learnt_from_the_other_pages_of_a_host(cleaned: Path) -> None:
    kept = rows_of(cleaned, "documents")
    assert kept["prices"]["text"] == PRICES
    assert kept["lonely"]["text"] == NOTICE


def test_personal_data_is_masked_in_text_and_title_and_counted(cleaned: Path) -> None:
    row, scores = (rows_of(cleaned, kind)["personal"] for kind in ("documents", "attributes"))
    assert "⟨email⟩ ឬ ⟨phone⟩" in row["text"]
    assert "2AB-1234" not in row["text"]
    assert row["title"] == "ទាក់ទង ⟨phone⟩"
    masked = {name: scores[name] for name in MASKED if scores[name]}
    assert masked == {"masked_email": 1, "masked_phone": 1, "masked_plate": 1}
    found = [(span["kind"], row["text"][span["start"] : span["end"]]) for span in scores["personal"]]
    assert found == [("email", "⟨email⟩"), ("phone", "⟨phone⟩"), ("plate", "⟨plate⟩")]
    counted = manifest_of(cleaned).facts["masked"]
    assert {kind: n for kind, n in counted.items() if n} == {"email": 1, "phone": 1, "plate": 1}


def test_every_document_has_every_attribute(cleaned: Path) -> None:
    attributes = rows_of(cleaned, "attributes")
    assert set(attributes) == set(EXPECTED)
    assert {*SCORES, *REPAIRED, *MASKED, *REMOVED, "size_over_limit", "personal"} <= set(attributes["good"])
    assert {row["source"] for row in attributes.values()} == {"web", "imported"}
    assert {name: attributes[name]["language"] for name in ("good", "limon", "pali", "empty")} == {
        "good": "km",
        "limon": "km",
        "pali": "pi",
        "empty": "zxx",
    }
    assert attributes["good"]["page_licence"] == "CC-BY-4.0"
    assert attributes["good"]["page_canonical_url"] == "https://a.example/good"


def test_repairs_are_counted_by_document_and_in_the_facts(cleaned: Path, article: str) -> None:
    attributes = rows_of(cleaned, "attributes")
    assert attributes["good"]["repaired_order"] == 0
    assert attributes["misordered"]["repaired_order"] == article.count("ថ្ងៃ") > 0
    assert attributes["spaced"]["repaired_zwsp"] == 2 * article.count("បាន") > 0
    totals = {
        name.removeprefix("repaired_"): sum(row[name] for row in attributes.values()) for name in REPAIRED
    }
    assert manifest_of(cleaned).facts["repaired"] == totals


def test_a_text_that_rules_for_khmer_would_harm_is_left_as_it_is(cleaned: Path) -> None:
    row = rows_of(cleaned, "dropped")["pali"]
    assert row["text"] == PALI.replace(" ", "\u200b "), "its zero-width spaces tell words apart"
    assert rows_of(cleaned, "attributes")["pali"]["repaired_zwsp"] == 0


def test_what_is_dropped_says_why(cleaned: Path) -> None:
    dropped = rows_of(cleaned, "dropped")
    assert (dropped["short"]["score"], dropped["short"]["evidence"]) == (3.0, "gopher_clusters < 20")
    assert dropped["benchmark"]["evidence"] == "contamination_share > 0.4"
    assert dropped["benchmark"]["score"] == 1.0
    attributes = rows_of(cleaned, "attributes")
    assert attributes["benchmark"]["contamination_item"] == "stars.jsonl:1"
    assert attributes["good"]["contamination_item"] is None
    assert manifest_of(cleaned).facts["benchmark_items"] == 1
    assert {row["stage"] for row in dropped.values()} == {"clean"}


def test_amounts_are_conserved_by_source_and_unread_pages_keep_their_size(
    cleaned: Path, planted: list[Record]
) -> None:
    manifest = manifest_of(cleaned)
    manifest.books().check("clean")
    out = [*rows_of(cleaned, "documents").values(), *rows_of(cleaned, "dropped").values()]
    assert Counter(row["source"] for row in out) == Counter(row["source"] for row in planted)
    steps = {(row["source"], row["reason"]) for row in manifest.ledger if row["fate"] == "edited"}
    assert {("web", "extract"), ("web", "mask"), ("imported", "normalise")} <= steps
    dropped = rows_of(cleaned, "dropped")
    assert {name: dropped[name]["n_bytes"] for name in ("empty", "junk", "english", "deep")} == {
        "empty": 0,
        "junk": 5120,
        "english": 32,
        "deep": next(row["n_bytes"] for row in planted if row["id"] == "deep"),
    }


def test_another_run_with_more_workers_gives_the_same_bytes(
    cleaned: Path, tmp_path: Path, planted: list[Record], benchmark: str
) -> None:
    write_ingest(tmp_path, [planted[:9], planted[9:]])
    execute(STAGE, config(tmp_path, benchmark, "workers=2"))
    assert contents(cleaned_folder(tmp_path)) == contents(cleaned_folder(cleaned))


def test_documents_do_not_depend_on_how_records_are_divided(
    cleaned: Path, tmp_path: Path, planted: list[Record], benchmark: str
) -> None:
    write_ingest(tmp_path, [planted[::-3], planted[-2::-3], [], planted[-3::-3]])
    execute(STAGE, config(tmp_path, benchmark))
    for kind in ("documents", "dropped", "attributes"):
        assert rows_of(tmp_path, kind) == rows_of(cleaned, kind)
    assert manifest_of(tmp_path).facts == manifest_of(cleaned).facts


@pytest.mark.slow
def test_a_run_killed_and_resumed_gives_the_same_bytes(
    cleaned: Path, tmp_path: Path, planted: list[Record], benchmark: str
) -> None:
    write_ingest(tmp_path, [planted[:9], planted[9:]])
    killed_until_done("clean", options(tmp_path, benchmark), n_kills=3, seconds=8)
    assert contents(cleaned_folder(tmp_path)) == contents(cleaned_folder(cleaned))


@pytest.mark.parametrize(
    ("hostile", "limit", "reason"),
    [
        ("<table>" + "<tr><td>ក<td>ខ" * 900_000, "page_seconds=1", "extract_timeout"),
        ("<i>ក</i>" * 1_000_000, f"page_memory={96 << 20}", "extract_memory"),
        ("<p>ក</p>" * 2_500_000, "page_seconds=60", "too_large"),
    ],
    ids=["hangs", "eats memory", "is large"],
)
def test_a_hostile_page_costs_itself_alone(
    tmp_path: Path, page: Page, hostile: str, limit: str, reason: str
) -> None:
    size = len(hostile.encode())
    rows = [record(name, page().encode()) for name in ("before", "after")]
    write_ingest(tmp_path, [[rows[0], record("hostile", hostile.encode()), rows[1]]])
    execute(STAGE, config(tmp_path, f"page_bytes={20 << 20}", limit))
    assert fates(tmp_path) == {"before": None, "hostile": reason, "after": None}
    assert rows_of(tmp_path, "dropped")["hostile"]["n_bytes"] == size
    manifest_of(tmp_path).books().check("clean")


def test_a_text_too_long_to_clean_is_dropped_whole_as_it_came(tmp_path: Path, article: str) -> None:
    long = f"\u200b{article}\n\n\n{article}  ទាក់ទង dara@sala.example។"
    write_ingest(tmp_path, [[record("long", text=long), record("fits", text=article)]])
    execute(STAGE, config(tmp_path, f"text_bytes={len(article.encode())}"))
    assert fates(tmp_path) == {"fits": None, "long": "too_large"}
    row = rows_of(tmp_path, "dropped")["long"]
    assert row["text"] == long
    assert (row["n_bytes"], row["n_chars"]) == (len(long.encode()), len(long))
    manifest_of(tmp_path).books().check("clean")


def test_trafilatura_reads_the_same_articles(tmp_path: Path, page: Page, article: str) -> None:
    write_ingest(tmp_path, [[record("good", page().encode()), record("text", text=article)]])
    execute(STAGE, config(tmp_path, "extractor=trafilatura"))
    assert fates(tmp_path) == {"good": None, "text": None}
    assert article in rows_of(tmp_path, "documents")["good"]["text"]
    assert manifest_of(tmp_path).config["extractor"] == "trafilatura"
