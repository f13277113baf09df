"""Agreement between judges, held against values worked out by hand, and sheets as people return them."""

from __future__ import annotations

from pathlib import Path

import pytest

from clean.audit.agreement import alpha, consensus, kappa, read_sheet, report
from clean.audit.sheets import item_of
from corpus.errors import StageError


def verdicts(word: str) -> dict[str, str]:
    return {str(n): {"k": "keep", "d": "drop"}[letter] for n, letter in enumerate(word) if letter != "-"}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("kkdd", "kkdd", (4, 1.0, 1.0)),
        ("kkdd", "kddk", (4, 0.5, 0.0)),
        ("kkdd", "ddkk", (4, 0.0, -1.0)),
        ("kkkd", "kkdd", (4, 0.75, 0.5)),
        ("kk--", "kkdd", (2, 1.0, 1.0)),
        ("kk--", "--dd", (0, 0.0, 0.0)),
    ],
)
def test_cohens_kappa(one: str, other: str, expected: tuple[int, float, float]) -> None:
    assert kappa(verdicts(one), verdicts(other)) == pytest.approx(expected)


def test_krippendorffs_alpha() -> None:
    # Four units by two judges, one disagreement: coincidences kk 4, dd 2, kd 2; 1 - 7 * 2 / (2 * 5 * 3).
    assert alpha([verdicts("kkkd"), verdicts("kkdd")]) == pytest.approx(1 - 7 * 2 / 30)
    assert alpha([verdicts("kkdd"), verdicts("kkdd"), verdicts("kk--")]) == 1.0
    assert alpha([verdicts("k---"), verdicts("-d--")]) == 1.0, "no item has two verdicts"


def test_the_majority_decides_and_ties_are_left_out() -> None:
    judges = [verdicts("kkd-"), verdicts("kdd-"), verdicts("k--d")]
    assert consensus(judges) == {"0": "keep", "2": "drop", "3": "drop"}


KNOWN = {"a1", "b2", "c3", "d4"}


def written(path: Path, rows: str, encoding: str = "utf-8-sig") -> Path:
    path.write_text(rows, encoding=encoding, newline="")
    return path


@pytest.mark.parametrize(
    "rows",
    [
        'item,text,verdict,remark\na1," ព្រះអាទិត្យ,\nពីរបន្ទាត់", KEEP ,\nb2,x,unsure,?\nc3,x,,\nd4,x,drop,spam\n',
        "Item;Text;Verdict;Remark\r\na1;x;keep;\r\nd4;x;Drop;\r\n;;;\r\n",
        "verdict\titem\nkeep\ta1\ndrop\td4\n",
    ],
)
def test_a_returned_sheet_may_be_untidy(tmp_path: Path, rows: str) -> None:
    assert read_sheet(written(tmp_path / "s.csv", rows), KNOWN) == {"a1": "keep", "d4": "drop"}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("item,verdict\na1,kepe\n", "line 2: verdict: got 'kepe'"),
        ("item,verdict\na1,លុប\n", "expected one of keep"),
        ("item,verdict\na1,keep\na1,drop\n", "line 3: item: 'a1' stands twice"),
        ("item,verdict\nz9,keep\n", "is no item of this audit"),
        ("item,verdict\na1,\n", "no verdict"),
        ("item,text\na1,x\n", "columns: got item, text"),
        ("", "columns: got none"),
        ("a1,keep\n", "columns: got a1, keep"),
    ],
)
def test_a_sheet_that_cannot_be_right_is_refused_by_its_line(tmp_path: Path, rows: str, said: str) -> None:
    with pytest.raises(StageError) as error:
        read_sheet(written(tmp_path / "s.csv", rows), KNOWN)
    assert said in str(error.value)


def test_a_sheet_in_another_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StageError, match="CSV in UTF-8"):
        read_sheet(written(tmp_path / "s.csv", "item,verdict\na1,keep\n", "utf-16"), KNOWN)


def test_each_set_of_rules_is_held_against_the_judges() -> None:
    cases = [
        {"id": "a", "ours": None, "theirs": "duplicated_5_n_grams"},
        {"id": "b", "ours": "spam", "theirs": None},
    ]
    sheet = {item_of("a"): "keep", item_of("b"): "drop"}
    ours, theirs = report({"one.csv": sheet}, cases)
    assert "2 items, 1.000 agree" in ours
    assert "drops that judges keep 1, keeps that judges drop 1" in theirs
