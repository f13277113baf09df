"""The texts in other words are what they should be, and a wrong decision about them is seen."""

from __future__ import annotations

from itertools import combinations

import pytest

from bench.bruteforce import jaccard, shingles, units
from bench.dedup.matter import ORIGINAL, REPRINTS, cases, matters, version_id, versions
from bench.deduplicated import Decisions

TEXTS = {name: item for matter in matters().values() for name, item in matter.items()}


def test_texts_differ_and_reprints_do_not() -> None:
    assert len(TEXTS) >= 40
    found = dict(zip(TEXTS, shingles(item["text"] for item in TEXTS.values()), strict=True))
    assert all(jaccard(found[a], found[b]) < 0.05 for a, b in combinations(found, 2))
    assert all(len(units(item["text"])) >= 100 for item in TEXTS.values())
    texts = dict(zip(*(versions(TEXTS)[name].to_pylist() for name in ("id", "text")), strict=True))
    for name in TEXTS:
        same = shingles(texts[version_id(name, reprint)] for reprint in REPRINTS)
        assert min(jaccard(same[0], reprint) for reprint in same[1:]) >= 0.8
        changed = {texts[version_id(name, reprint)] for reprint in REPRINTS}
        assert len(changed) == len(REPRINTS)


@pytest.mark.parametrize(
    ("gone", "wrong"),
    [
        ({}, {"motorbike_1 with_credits"}),
        ({("motorbike_1", "with_credits"): ("motorbike_1", ORIGINAL)}, set()),
        ({("motorbike_1", ORIGINAL): ("motorbike_2", ORIGINAL)}, {"motorbike_1 and motorbike_2"}),
    ],
)
def test_cases(gone: dict[tuple[str, str], tuple[str, str]], wrong: set[str]) -> None:
    dropped = {version_id(*one): ("near_duplicate", 0.9, version_id(*of)) for one, of in gone.items()}
    every = {version_id(name, reprint) for name in TEXTS for reprint in REPRINTS}
    judged = cases(Decisions(every - set(dropped), dropped))
    watched = {"motorbike_1 with_credits", "motorbike_1 and motorbike_2"}
    assert {case for case in watched if not judged[case]} == wrong
    assert len(judged) == 40 * 6 + 8 * 10
