import pytest

from corpus.errors import StageError
from demo.pages import Truth
from demo.score import (
    LEAST_RIGHT,
    Judgement,
    Outcome,
    Score,
    judge,
    leaks,
    n_masked,
    read_outcome,
    repeated,
    trespasses,
)
from demo.texts import Planted

PLANTED = (
    Planted("phone", "០១២ ០០០ ៣៤៥"),
    Planted("email", "sok@sala.example"),
    Planted("plate", "1AB-0004"),
)
A, B, C = (f"http://news.khmer.test/{name}" for name in "abc")


def outcome(fates, stored=(), texts=None):
    return Outcome(fates, frozenset(stored), texts or {})


@pytest.mark.parametrize(
    ("kind", "expected", "fate", "is_right"),
    [
        ("article", "keep", "kept", True),
        ("article", "keep", "too_short", False),
        ("article", "keep", "unseen", False),
        ("spam", "drop:spam", "spam", True),
        ("spam", "drop:spam", "listing", False),
        ("spam", "drop:spam", "unseen", False),
        ("spam", "drop:spam", "kept", False),
        ("other_media", "drop:not_html", "not_text", True),
        ("listing", "drop:listing", "no_article", True),
        ("english", "drop:not_khmer", "too_short", True),
        ("article", "drop:not_html", "too_short", False),
        ("robots", "drop:robots_txt", "unseen", True),
        ("robots", "drop:robots_txt", "kept", False),
        ("tdmrep", "drop:opt_out", "policy_file", True),
        ("robots_excluded", "unseen", "robots", True),
        ("robots_excluded", "unseen", "kept", False),
        ("opt_out", "drop:opt_out", "opt_out", True),
        ("half", "either:truncated", "kept", None),
    ],
)
def test_a_page_is_judged_by_its_fate(kind, expected, fate, is_right):
    [judged] = judge([Truth(A, kind, expected)], outcome({A: fate}))
    assert (judged.fate, judged.is_right) == (fate, is_right)


@pytest.mark.parametrize(
    ("fates", "right"),
    [
        (("kept", "exact_duplicate", "near_duplicate"), [True, True, True]),
        (("near_duplicate", "exact_duplicate", "kept"), [True, True, True]),
        (("kept", "kept", "near_duplicate"), [False, False, False]),
        (("near_duplicate", "near_duplicate", "near_duplicate"), [False, False, False]),
        (("kept", "near_duplicate", "unseen"), [True, True, False]),
        (("kept", "spam", "near_duplicate"), [True, False, True]),
    ],
)
def test_of_a_text_and_its_copies_one_is_kept(fates, right):
    truths = [
        Truth(A, "article", "keep"),
        Truth(B, "print_version", "drop:exact_duplicate", duplicate_of=A),
        Truth(C, "near_duplicate", "drop:near_duplicate", duplicate_of=A),
    ]
    found = outcome(dict(zip((A, B, C), fates, strict=True)))
    assert [judged.is_right for judged in judge(truths, found)] == right


@pytest.mark.parametrize(("fates", "stored"), [({A: "kept"}, ()), ({}, [A]), ({A: "opt_out"}, [A])])
def test_refused_pages_may_be_neither_kept_nor_stored(fates, stored):
    truth, found = Truth(A, "opt_out", "drop:opt_out"), outcome(fates, stored)
    [judged] = judge([truth], found)
    assert judged.is_right is False
    assert trespasses([judged], found) == [A]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ហៅ 012 000 345 បាន", ["012 000 345"]),
        ("ហៅ ០១២ ០០០ ៣៤៥ បាន", ["012 000 345"]),
        ("ផ្ញើមក sok@sala.example", ["sok@sala.example"]),
        ("ហៅ ⟨phone⟩ បាន", []),
        ("ផ្លាកលេខ 1AB-0004 ពណ៌ស", ["1AB-0004"]),
    ],
)
def test_planted_data_is_found_in_any_digits(text, found):
    truths = [Truth(A, "personal_data", "keep", planted=PLANTED)]
    assert [value for _, value in leaks(truths, outcome({}, texts={B: text}))] == found


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("ហៅ ⟨phone⟩ ឬ ⟨email⟩ ផ្លាក ⟨plate⟩", 3),
        ("ហៅ ⟨phone⟩ ឬ ⟨phone⟩", 1),
        ("ហៅ ⟨id⟩ ឬ ⟨email⟩", 1),
        ("", 0),
    ],
)
def test_masks_are_counted_where_such_data_was_planted(text, n):
    truths = [Truth(A, "personal_data", "keep", planted=PLANTED), Truth(B, "article", "keep")]
    assert n_masked(truths, outcome({}, texts={A: text, B: "⟨phone⟩"})) == n


def test_notices_count_on_their_own_host():
    notices = {"http://news.khmer.test/": "ប្រាប់យើង", "http://sport.khmer.test/": "លេងហើយ"}
    texts = {A: "ដំណឹង\nប្រាប់យើង", B: "ដំណឹង", C: "លេងហើយ"}
    assert repeated(notices, outcome({}, texts=texts)) == [A]


def sample_score(n_right, n_wrong, **faults):
    truth = Truth(A, "article", "keep")
    judged = [Judgement(truth, "kept", True)] * n_right + [Judgement(truth, "spam", False)] * n_wrong
    found = {name: faults.get(name, []) for name in ("leaked", "trespassed", "repeated")}
    return Score(judged, 0, **found)


@pytest.mark.parametrize(
    ("score", "passes"),
    [
        (sample_score(97, 3), True),
        (sample_score(96, 4), False),
        (sample_score(100, 0, leaked=[(A, "012 000 345")]), False),
        (sample_score(100, 0, trespassed=[A]), False),
        (sample_score(100, 0, repeated=[A]), False),
    ],
)
def test_what_passes(score, passes):
    assert LEAST_RIGHT == 0.97
    assert score.passes is passes


def test_the_table_names_what_went_wrong():
    lines = list(sample_score(3, 1).lines())
    assert lines[1].split()[:4] == ["article", "4", "3", "1"]
    assert f"{A} : expected keep, got spam" in lines[2]
    assert lines[-1].startswith("right: 3 of 4 = 0.7500")


def test_an_unfinished_run_is_named(tmp_path):
    with pytest.raises(StageError, match=r"crawl: no manifest\.json"):
        read_outcome(tmp_path)
