"""Learns clean/language/model.npz: `python -m clean.language.fit LABELLED.tsv.zst KHMER.jsonl.zst …`.

LABELLED has the columns label, source, kind, text; its lines in Khmer script teach the letters of each language, every
other line of them, so that the rest can judge. The documents of the KHMER files, each with a `text`, teach the pairs.
What is shipped was learnt from texts under licences that allow it: manually segmented text of NIPTICT (MIT), Wikipedia
(CC BY-SA), folk tales (MIT), the Constitution and the Declaration of Human Rights, lines of the Tesseract project
(Apache-2.0), speech prompts (Apache-2.0, CC BY 4.0); Sanskrit of FLORES-200 (CC BY-SA 4.0) and of the Pali canon
transliterated, and lists of Brao, Jarai and Bunong words (MIT).
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import zstandard
from numpy.typing import NDArray

from clean.language.kernels import LEAST_FIT, PAIR_BITS, PAIR_STEPS, count_pairs
from clean.language.khmer_script import letter_counts
from clean.language.model import LANGUAGES, MODEL
from clean.language.scan import pair_fit_of, scan
from khmer.clusters import read
from khmer.normalize import normalize

TAGS: Final = {"pli_Khmr": "pi", "san_Khmr": "sa", "brb_Khmr": "brb", "jra_Khmr": "jra", "cmo_Khmr": "cmo"}
LEAST_COUNT: Final = 2
UNSEEN: Final = 0.5  # added to every letter's count


def lines_of(path: Path) -> Iterator[str]:
    """The lines of a zstd file."""
    with path.open("rb") as raw, zstandard.ZstdDecompressor().stream_reader(raw) as stream:
        for line in io.TextIOWrapper(stream, encoding="utf-8", newline="\n"):
            yield line.rstrip("\n")


def labelled(path: Path) -> dict[str, list[str]]:
    """The texts of each label of a labelled file."""
    found: dict[str, list[str]] = {}
    for line in lines_of(path):
        label, _, _, text = line.split("\t", 3)
        found.setdefault(label, []).append(text)
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


def main(languages: str, khmer: list[str]) -> None:
    """Learn from the files and write the model."""
    documents = [json.loads(line)["text"] for path in khmer for line in lines_of(Path(path))]
    lines = [line for document in documents for line in document.split("\n") if line.strip()]
    others = {TAGS[label]: texts[::2] for label, texts in labelled(Path(languages)).items() if label in TAGS}
    letters = fit_letters({"km": lines[::10], **others})
    np.savez_compressed(MODEL, pairs=fit_pairs(_normal(lines)), letters=letters)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
