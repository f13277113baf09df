"""Learns clean/language/model.npz: `python -m clean.learn.language LABELLED.tsv.zst KHMER.jsonl.zst …`.

LABELLED has the columns label, source, kind, text; its lines in Khmer script teach the letters of each language, every
other line of them, so that the rest can judge. The documents of the KHMER files, each with a `text`, teach the pairs.
What is shipped was learnt from texts under licences that allow it: manually segmented text of NIPTICT (MIT), Wikipedia
(CC BY-SA), folk tales (MIT), the Constitution and the Declaration of Human Rights, lines of the Tesseract project
(Apache-2.0), speech prompts (Apache-2.0, CC BY 4.0); Sanskrit of FLORES-200 (CC BY-SA 4.0) and of the Pali canon
transliterated, and lists of Brao, Jarai and Bunong words (MIT).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from clean.language.kernels import LEAST_FIT, PAIR_BITS, PAIR_STEPS, count_pairs
from clean.language.khmer_script import letter_counts
from clean.language.model import LANGUAGES, MODEL
from clean.language.scan import pair_fit_of, scan
from clean.learn.command import answer
from corpus.errors import ConfigurationError
from corpus.lines import lines_of, rows_of
from khmer.clusters import read
from khmer.normalize import normalize

TAGS: Final = {"pli_Khmr": "pi", "san_Khmr": "sa", "brb_Khmr": "brb", "jra_Khmr": "jra", "cmo_Khmr": "cmo"}
COLUMNS: Final = ("label", "source", "kind", "text")
LEAST_COUNT: Final = 2
UNSEEN: Final = 0.5  # added to every letter's count


def labelled(uri: str) -> dict[str, list[str]]:
    """The texts of each label of a labelled file, its head among them."""
    found: dict[str, list[str]] = {}
    for number, line in enumerate(lines_of(uri), start=1):
        fields = line.split("\t", len(COLUMNS) - 1)
        if len(fields) < len(COLUMNS):
            msg = f"{uri}:{number}: got {len(fields)} columns; expected {', '.join(COLUMNS)}. Try: tabs between them"
            raise ConfigurationError(msg)
        found.setdefault(fields[0], []).append(fields[-1])
    return found


def fit_pairs(lines: pa.LargeStringArray) -> NDArray[np.uint8]:
    """The table of pairs, learnt twice: the first shows which lines are not Khmer, and the second does without."""
    table = _counted(lines)
    is_khmer = ~(pair_fit_of(scan(lines, table)) < LEAST_FIT)
    return _counted(lines.filter(pa.array(is_khmer)))


def _counted(lines: pa.LargeStringArray) -> NDArray[np.uint8]:
    counts = np.zeros(1 << PAIR_BITS, np.int64)
    count_pairs(read(lines), counts)
    steps = np.rint(PAIR_STEPS * np.log2(np.maximum(counts, 1))).clip(max=255)
    return np.where(counts >= LEAST_COUNT, steps, 0).astype(np.uint8)


def fit_letters(texts: dict[str, list[str]]) -> NDArray[np.float32]:
    """The letters of each of LANGUAGES, given texts by tag."""
    counts = np.stack([letter_counts(_normal(texts[tag])).sum(axis=0) for tag in LANGUAGES]) + UNSEEN
    shares = counts / counts.sum(axis=1, keepdims=True)
    return np.asarray(np.log2(shares), np.float32)


def _normal(texts: list[str]) -> pa.LargeStringArray:
    return normalize(pa.array(texts, pa.large_string()))


def learn(words: Sequence[str]) -> str:
    """Learn from the files and write the model."""
    languages, *khmer = words
    others = {TAGS[label]: texts[::2] for label, texts in labelled(languages).items() if label in TAGS}
    documents = [row["text"] for uri in khmer for row in rows_of(uri)]
    lines = [line for document in documents for line in document.split("\n") if line.strip()]
    if not lines or len(others) < len(TAGS):
        msg = f"{languages}: got {len(lines)} lines of Khmer and the labels {', '.join(others)}"
        what = f"expected texts in Khmer and in each of {', '.join(TAGS)}. Try: python -m clean.learn.language --help"
        raise ConfigurationError(f"{msg}; {what}")
    letters = fit_letters({"km": lines[::10], **others})
    np.savez_compressed(MODEL, pairs=fit_pairs(_normal(lines)), letters=letters)
    return f"{len(lines):,} lines of {len(documents):,} documents in Khmer, {sum(map(len, others.values())):,} others"


def main(words: Sequence[str]) -> None:
    """Answer a command line."""
    answer(words, __doc__, learn)


if __name__ == "__main__":
    main(sys.argv[1:])
