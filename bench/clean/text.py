"""Text kernels beside what people use today on the demo's articles, and normalisation held to real text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa

from bench.realdata import json_lines, real_data
from bench.rows import Row, compare, measured
from khmer.clusters import counts
from khmer.codepoints import CLUSTER, INVISIBLE_CLASS, SHIFTER_CLASS, ZWJ, ZWNJ
from khmer.normalize import normalize, normalize_text

ARTICLES = Path(__file__).resolve().parents[2] / "demo" / "articles"
COPIES = 20
EVERY = 6  # of the real documents: 66,940 go through the peer, at 1.5 MB/s
BATCH = 5000

# Where we differ from pheasa on purpose: it keeps invisible characters other than ZWSP, and joiners that shape nothing
# (a ZWNJ behind no shifter, a ZWJ outside emoji), so the same word is stored in two ways. Anything else is a fault.
ARGUED: Final = re.compile(
    f"[{INVISIBLE_CLASS}]|(?<![{SHIFTER_CLASS}]){ZWNJ}|(?<![\U0001f000-\U0001ffff\ufe0f]){ZWJ}"
)
# SIL's misspellings and their good twins. In stri-good.txt coeng ro stays first, which good.txt, UTN #61 (p. 29) and we
# put last. pygood.txt is good.txt but for one line, where a vowel jumps to the next base (khmer-normalizer, issue 12).
PAIRS: Final = (("bad", "good"), ("khmer", "khmer-out"), ("stri", "stri-good"))
DISPUTED: Final = {"ស្រ្តី": "ស្ត្រី"}


def rows() -> Iterator[Row]:
    """Every row of this room."""
    yield from kernels()
    folder = real_data()
    if folder is not None:
        yield fixtures(folder / "normalise" / "sil_fixtures")
        yield not_idempotent(folder / "corpus")
        yield differences(folder / "corpus")


def kernels() -> Iterator[Row]:
    """The cluster scan against a regular expression, normalisation against pheasa."""
    import pheasa

    texts = [path.read_text(encoding="utf-8") for path in sorted(ARTICLES.glob("*.md"))]
    column = pa.array(texts * COPIES, pa.large_string())
    n_bytes = sum(len(text.encode()) for text in texts)
    many = n_bytes * COPIES

    def with_re() -> list[list[str]]:
        return [CLUSTER.findall(text) for text in texts]

    def with_pheasa() -> list[str]:
        return [pheasa.normalize(text) for text in texts]

    yield compare("clean.scan.vs_re", (lambda: counts(column), many), ("re", with_re, n_bytes))
    yield compare(
        "clean.normalise.vs_pheasa", (lambda: normalize(column), many), ("pheasa", with_pheasa, n_bytes)
    )


def fixtures(folder: Path) -> Row:
    """The share of SIL's misspellings that become their good twins, and of good spellings that stay."""
    lines = {
        name: (folder / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        for pair in PAIRS
        for name in pair
    }
    twins = [
        (bad, DISPUTED.get(bad, good))
        for typed, stored in PAIRS
        for bad, good in zip(lines[typed], lines[stored], strict=True)
    ]
    right = [normalize_text(bad) == good == normalize_text(good) for bad, good in twins]
    return measured("clean.normalise_fixtures", sum(right) / len(right), "share")


def not_idempotent(folder: Path) -> Row:
    """Real documents that a second pass changes."""
    n_changed = 0
    for texts in batches(folder, every=1):
        once = normalize(pa.array(texts, pa.large_string()))
        twice = normalize(once)
        n_changed += sum(a != b for a, b in zip(once.to_pylist(), twice.to_pylist(), strict=True))
    return measured("clean.normalise_not_idempotent", n_changed, "documents")


def differences(folder: Path) -> Row:
    """Real documents that we store otherwise than pheasa, for a reason that is not argued above."""
    n_unargued = 0
    for texts in batches(folder, every=EVERY):
        ours = normalize(pa.array(texts, pa.large_string())).to_pylist()
        n_unargued += sum(not agrees(text, stored) for text, stored in zip(texts, ours, strict=True))
    return measured("clean.normalise_differences", n_unargued, "documents")


def agrees(text: str, stored: str) -> bool:
    """Whether pheasa stores the text so too, or does once the argued differences are made."""
    import pheasa

    if pheasa.normalize(text, zwsp="strip", fold_deprecated=True) == stored:
        return True
    return bool(pheasa.normalize(ARGUED.sub("", text), fold_deprecated=True) == stored)


def batches(folder: Path, every: int) -> Iterator[list[str]]:
    """The texts of all sources in order, one of `every` so many."""
    texts: list[str] = []
    for path in sorted(folder.glob("*.jsonl.zst")):
        for number, document in enumerate(json_lines(path)):
            if number % every == 0:
                texts.append(document["text"])
            if len(texts) == BATCH:
                yield texts
                texts = []
    yield texts
