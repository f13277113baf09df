"""The same matter in other words stays, the same words put otherwise go: forty short texts and six reprints of each.

The texts of `bench/matter.yaml` are translations of one text, answers to one question and reports of one event, by
different writers. A case is a text and a reprint of it, right if at most one of the two stays; or two texts of one
matter, right if no version of one is removed for a version of the other.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Final

import pyarrow as pa
import yaml

from bench.bruteforce import jaccard, shingles
from bench.deduplicated import Decisions, decisions, deduplicate, write_clean
from bench.rows import Row, measured
from corpus.document import document_id, documents_table

TEXTS: Final = Path(__file__).parents[1] / "matter.yaml"
CREDITS: Final = "\nអត្ថបទ៖ ចាន់ បូរ៉ា រូបថត៖ សុខ រតនា"
SUFFIX: Final = " | គេហទំព័រមេឃស្រឡះ"

ORIGINAL: Final = "as_it_is"
REPRINTS: Final[dict[str, Callable[[str, str], str]]] = {
    ORIGINAL: lambda _headline, text: text,
    "without_blanks": lambda _headline, text: text.replace(" ", ""),
    "spelt_with_qoo": lambda _headline, text: text.replace("ឱ្យ", "ឲ្យ"),
    "spelt_with_qa": lambda _headline, text: text.replace("ឱ្យ", "អោយ"),
    "under_a_headline": lambda headline, text: f"{headline}\n{text}",
    "with_the_site": lambda _headline, text: f"{text}{SUFFIX}",
    "with_credits": lambda _headline, text: f"{text}{CREDITS}",
}


def rows() -> Iterator[Row]:
    """The share of cases that are right, and how near different texts come at most."""
    texts = {name: item for matter in matters().values() for name, item in matter.items()}
    with tempfile.TemporaryDirectory(prefix="bench-dedup-") as folder:
        write_clean(Path(folder), "matter", [versions(texts)])
        deduplicate(Path(folder), "matter")
        judged = cases(decisions(Path(folder), "matter"))
    wrong = [case for case, right in judged.items() if not right]
    for case in wrong:
        print(f"dedup.same_matter_other_words: wrong: {case}", file=sys.stderr)
    right = 1 - len(wrong) / len(judged)
    yield measured("dedup.same_matter_other_words", right, f"of {len(judged)} cases")
    found = shingles(item["text"] for item in texts.values())
    nearest = max(jaccard(a, b) for a, b in combinations(found, 2))
    yield measured("dedup.same_matter_nearest", nearest, "similarity of two texts, at most")


@cache
def matters() -> dict[str, dict[str, dict[str, str]]]:
    """The texts with their headlines, by what they are about and a name for each."""
    found: dict[str, list[dict[str, str]]] = yaml.safe_load(TEXTS.read_text(encoding="utf-8"))
    return {
        matter: {f"{matter}_{n}": item for n, item in enumerate(items, 1)} for matter, items in found.items()
    }


def cases(decided: Decisions) -> dict[str, bool]:
    """Each case, and whether it is right."""
    text_of = {
        version_id(name, r): name for matter in matters().values() for name in matter for r in REPRINTS
    }
    judged, removed_for = {}, {(text_of[gone], text_of[of]) for gone, (_, _, of) in decided.dropped.items()}
    for matter in matters().values():
        for name in matter:
            own = version_id(name, ORIGINAL)
            for reprint in list(REPRINTS)[1:]:
                stays = {own, version_id(name, reprint)} & decided.kept
                judged[f"{name} {reprint}"] = len(stays) < 2
        for one, other in combinations(matter, 2):
            judged[f"{one} and {other}"] = not {(one, other), (other, one)} & removed_for
    return judged


def version_id(name: str, reprint: str) -> str:
    """The id of a version of a text."""
    return document_id(reprint, name)


def versions(texts: Mapping[str, dict[str, str]]) -> pa.Table:
    """All versions of texts as documents, each kind of reprint a source of its own."""
    return documents_table(
        [
            {
                "id": version_id(name, reprint),
                "text": text_of(item["headline"], item["text"]),
                "source": reprint,
                "licence": "CC0-1.0",
                "origin": {"file": TEXTS.name, "position": 0},
            }
            for reprint, text_of in REPRINTS.items()
            for name, item in texts.items()
        ]
    )
