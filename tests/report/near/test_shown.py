from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from corpus.errors import ConfigurationError
from report.near.__main__ import main
from report.near.shown import near
from report.near.style import COLOURED, PLAIN, Style
from report.question import Question

FORECAST = (
    "ក្រសួងធនធានទឹក និងឧតុនិយមសូមជូនដំណឹងអំពីអាកាសធាតុនៅខេត្ត{place} ថ្ងៃទី{day} ខែមេសា ឆ្នាំ២០១២។ មេឃមានពពកច្រើន "
    "ហើយអាចមានភ្លៀងធ្លាក់ពីបង្គួរទៅមធ្យមលាយឡំដោយផ្គរ រន្ទះ និងខ្យល់កន្ត្រាក់។ សូមបងប្អូនអ្នកនេសាទមានការប្រុងប្រយ័ត្ន"
    "ចំពោះខ្យល់បក់ខ្លាំងនៅពេលរសៀល និងតាមដានព័ត៌មានជាបន្តបន្ទាប់តាមវិទ្យុ និងទូរទស្សន៍ជាតិ។"
)
STORY = (
    "ព្រេងនាយមានទន្សាយមួយដ៏ឆ្លាតរស់នៅក្បែរមាត់ទន្លេ។ ថ្ងៃមួយវាចង់ឆ្លងទៅត្រើយម្ខាង ដើម្បីស៊ីត្រសក់ក្នុងចម្ការអ្នកស្រុក "
    "ទើបវាហៅក្រពើមកសន្យាថានឹងមើលរោគស្បែករបស់ក្រពើឱ្យជា បើក្រពើព្រមដឹកវាឆ្លងទឹក។"
)
RIVER = (
    "ទន្លេសាបហូរត្រឡប់ក្រោយម្តងក្នុងមួយឆ្នាំ ហើយត្រីជាច្រើនប្រភេទពងកូននៅក្នុងព្រៃលិចទឹកជុំវិញបឹងដ៏ធំទូលាយនេះ។ នៅរដូវប្រាំង "
    "ទឹកស្រកចុះ អ្នកភូមិនាំគ្នាទម្លាក់លប ទម្លាក់មង ហើយធ្វើប្រហុក ត្រីងៀត និងផ្អក ទុកបរិភោគពេញមួយឆ្នាំ "
    "ព្រមទាំងលក់ដូរនៅផ្សារក្បែរកំពង់ផែ ដែលមានឈ្មួញមកពីគ្រប់ទិសទី។"
)
URL = "https://radio.example.kh/forecast"


def forecast(place: str, day: str) -> str:
    return FORECAST.format(place=place, day=day)


@pytest.fixture(scope="module")
def runs(deduplicate: Callable[..., Any], make_document: Callable[..., Any]) -> Path:
    """A forecast kept, three near it that went, a story with its exact copy, and a short text at the same URL."""
    first = forecast("បាត់ដំបង", "១២") + " សូមអរគុណ។"
    rows = [
        make_document(1, first, url=URL, host="radio.example.kh"),
        make_document(2, forecast("កំពត", "១៤"), source="radio"),
        make_document(3, forecast("បាត់ដំបង", "១២"), source="news", url="http://news.example.kh/1"),
        make_document(4, STORY, source="books"),
        make_document(5, STORY, source="news"),
        make_document(6, "ទំព័រនេះនៅទំនេរ។", url=URL, host="radio.example.kh"),
    ]
    return Path(deduplicate(rows[:3], rows[3:]).folder).parents[1]


@pytest.fixture(scope="module")
def ask(runs: Path) -> Callable[..., list[str]]:
    def lines(asked: str, style: Style = PLAIN) -> list[str]:
        return list(near(Question.parse("report.near", ["run=t", f"runs={runs}", asked]), style))

    return lines


def about(lines: list[str], rank: int) -> list[str]:
    """The lines on the neighbour of a rank."""
    first = next(n for n, line in enumerate(lines) if line.startswith(f"{rank:>2}  "))
    block: Iterator[str] = iter(lines[first:])
    return list(iter(lambda: next(block, ""), ""))


def test_neighbours_of_a_kept_document_with_their_fates(ask: Callable[..., list[str]]) -> None:
    lines = ask(f"id={1:032x}")
    assert lines[:4] == [
        "document   web, radio.example.kh",
        f"           {URL}",
        f"           id {1:032x}",
        "           kept; 2 went for it",
    ]
    assert lines[4] == "near       2, of a similarity of 0.5 or more"
    nearest, farther = about(lines, 1), about(lines, 2)
    assert "dropped: near-duplicate of this document, similarity 0." in nearest[0]
    assert nearest[1:4] == [
        "           news",
        "           http://news.example.kh/1",
        f"           id {3:032x}",
    ]
    assert float(nearest[0].split()[1]) > float(farther[0].split()[1])


def test_what_each_alone_has_is_named_and_marked(ask: Callable[..., list[str]]) -> None:
    block = about(ask(f"id={1:032x}"), 2)
    assert block[-4].startswith("only here  ខេត្តបាត់ដំបង, ១២; ")
    assert block[-3] == "only there ខេត្តកំពត, ១៤"
    assert block[-2].startswith("here       ក្រសួងធនធានទឹក")
    assert "{+ខេត្តបាត់ដំបង+}" in block[-2]
    assert "{+១២+}" in block[-2]
    assert "[-ខេត្តកំពត-]" in block[-1]
    assert "{+" not in block[-1]


def test_a_dropped_document_names_the_one_kept_for_it(ask: Callable[..., list[str]]) -> None:
    lines = ask(f"id={2:032x}")
    assert lines[2].startswith(f"           dropped: near-duplicate of {1:032x}, similarity 0.")
    assert f"           id {1:032x}" in about(lines, 1)
    assert "kept; 2 went for it" in about(lines, 1)[0]


def test_the_same_text_is_said_to_be_the_same(ask: Callable[..., list[str]]) -> None:
    lines = ask(f"id={4:032x}")
    block = about(lines, 1)
    assert block[0].split()[1] == "1.000"
    assert block[-1].strip() == "the same text"


def test_the_document_kept_for_one_is_shown_first_however_unlike_they_are(
    deduplicate: Callable[..., Any], make_document: Callable[..., Any]
) -> None:
    rows = [make_document(n, forecast("កំពត", f"{n}")) for n in range(30)]
    rows.append(make_document(99, STORY, source="books", url=URL))
    rows.append(make_document(98, RIVER, source="radio", url=URL))
    folder = deduplicate(rows, most_lost_documents=40).folder.parents[1]

    def shown(number: int) -> list[str]:
        return list(
            near(Question.parse("report.near", ["run=t", f"runs={folder}", f"id={number:032x}"]), PLAIN)
        )

    url = shown(99)
    assert url[3].startswith("           dropped: at the same URL as")
    assert f"id {98:032x}" in " ".join(about(url, 1))
    assert "near       0, of a similarity of 0.5 or more" in url
    forecasts = shown(29)
    assert len([line for line in forecasts if line[:2].strip().isdigit()]) == 20
    assert "kept; 29 went for it" in about(forecasts, 1)[0]
    assert "near       20 of about 29, of a similarity of 0.5 or more" in forecasts


def test_a_url_is_known_by_its_letters_and_by_their_codes(
    deduplicate: Callable[..., Any], make_document: Callable[..., Any]
) -> None:
    letters = "https://news.example.kh/ព័ត៌មាន?ទំព័រ=២"
    runs = deduplicate([make_document(1, STORY, url=quote(letters, "/:?="))]).folder.parents[1]
    for url in (letters, quote(letters, "/:?=")):
        lines = list(near(Question.parse("report.near", ["run=t", f"runs={runs}", f"url={url}"]), PLAIN))
        assert f"           id {1:032x}" in lines


@pytest.mark.parametrize("url", [URL, "http://www.radio.example.kh/forecast/", URL + "#top"])
def test_all_documents_at_a_url_are_told(ask: Callable[..., list[str]], url: str) -> None:
    lines = ask(f"url={url}")
    assert [line for line in lines if line.startswith("document")] == ["document   web, radio.example.kh"] * 2
    assert "near       0, of a similarity of 0.5 or more" in lines


def test_colours_mark_what_differs_on_a_terminal(ask: Callable[..., list[str]]) -> None:
    block = about(ask(f"id={1:032x}", COLOURED), 2)
    assert "\x1b[32m\x1b[1;4mខេត្តបាត់ដំបង\x1b[22;24m\x1b[0m" in block[-2]
    assert "\x1b[31m\x1b[1;4mខេត្តកំពត\x1b[22;24m\x1b[0m" in block[-1]


@pytest.mark.parametrize("asked", ["url=https://elsewhere.example.kh/", "url=http://", "id=none"])
def test_an_unknown_document_is_an_error_that_says_what_to_try(
    ask: Callable[..., list[str]], asked: str
) -> None:
    with pytest.raises(ConfigurationError, match=r"no document with .*Try: make explain RUN=t"):
        ask(asked)


def test_a_terminal_is_not_obeyed_to_what_a_document_says(
    deduplicate: Callable[..., Any], make_document: Callable[..., Any]
) -> None:
    wild = "\x1b[2J\x9b"
    rows = [
        make_document(1, forecast("កំពត", "១") + wild, host=f"h{wild}"),
        make_document(2, forecast("តាកែវ", f"២ {wild}ក{wild}ខ"), url=f"https://x{wild}"),
    ]
    folder = deduplicate(rows).folder.parents[1]
    lines = list(near(Question.parse("report.near", ["run=t", f"runs={folder}", f"id={1:032x}"]), PLAIN))
    assert len(lines) > 8
    assert not any(char in line for line in lines for char in "\x1b\x9b")


def test_what_was_cut_out_of_a_document_is_told(
    deduplicate: Callable[..., Any], make_document: Callable[..., Any]
) -> None:
    """A paragraph that two documents share stays in one of them."""
    shared = forecast("កំពត", "១") + " " + STORY
    own = (
        "ជីដូនរបស់ខ្ញុំធ្វើនំអន្សមរាល់បុណ្យភ្ជុំបិណ្ឌ ហើយចៅៗទាំងអស់ជួយគាត់វេចនំជាមួយស្លឹកចេកដែលកាត់ពីសួនច្បារក្រោយផ្ទះ។ ពេលនំឆ្អិនហើយ "
        "យើងយកទៅប្រគេនព្រះសង្ឃនៅវត្ត និងចែកអ្នកជិតខាង។"
    )
    folder = deduplicate(
        [make_document(1, f"{own}\n{shared}"), make_document(2, f"{shared}\n{RIVER}")]
    ).folder
    questions = [
        Question.parse("report.near", ["run=t", f"runs={folder.parents[1]}", f"id={n:032x}"]) for n in (1, 2)
    ]
    cut = [line for question in questions for line in near(question, PLAIN) if line.startswith("cut out")]
    assert len(cut) == 1
    assert "characters, still in 0" in cut[0]
    assert "ក្រសួងធនធានទឹក" in cut[0]


def test_the_command(runs: Path) -> None:
    command = [sys.executable, "-m", "report.near", "run=t", f"runs={runs}", f"id={1:032x}"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr) == (0, "")
    assert "{+" in told.stdout


@pytest.mark.parametrize(
    ("words", "code"), [(["id=none"], 2), (["url=http://x.example/\udcff"], 2), (["--help"], 0)]
)
def test_the_command_says_in_a_line_what_it_can_do(
    runs: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["run=t", f"runs={runs}", *words])
    assert ended.value.code == code
    told = "".join(capsys.readouterr())
    assert told.count("\n") == 1
    assert told.startswith("usage: python -m report.near") == (code == 0)
