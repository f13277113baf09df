"""Languages other than Khmer in Khmer script, told apart by their letters.

Pali and Sanskrit lack the vowels and signs that Khmer made for itself; Brao, Jarai and Bunong use the letters that
Khmer gave up, ឝ and ឞ, and Bunong the mark ៝. Where the letters fit none of them well the tag is `und-Khmr`: foreign
names in Khmer letters, misread print, and languages that nothing is known of.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from clean.language.model import LANGUAGES, model
from khmer.codepoints import FIRST

UNKNOWN: Final = "und-Khmr"
_WRITTEN_ANEW: Final = ("brb", "jra", "cmo")
_GIVEN_UP: Final = np.array([ord(letter) - FIRST for letter in "ឝឞ៝"])
# Bits by which the best language leads the next: in all, and for each letter. Held-out lines of Pali and Sanskrit lead
# by .14 or more; lists of foreign names reach .25 for Jarai, and are kept out by the letters given up.
_LEAD: Final = 12.0
_LEAD_PER_LETTER: Final = 0.12
_LEAST_FIT: Final = -6.5  # bits a letter; held-out lines have -5.9 or more, the alphabet written out -8.7
_MOST_CHARACTERS: Final = 10_000
_N_LETTERS: Final = 0x5E  # U+1780..U+17DD, punctuation among it counts for nothing
_PUNCTUATION: Final = slice(0x54, 0x5C)


def letter_counts(texts: pa.Array | pa.ChunkedArray) -> NDArray[np.int64]:
    """Khmer letters and marks of each text's first characters by code point from U+1780, `(n, 128)`."""
    counts = np.zeros((len(texts), 128), np.int64)
    for row, text in enumerate(texts.to_pylist()):
        codes = np.frombuffer(text[:_MOST_CHARACTERS].encode("utf-32-le"), np.uint32).astype(np.int64) - FIRST
        counts[row] = np.bincount(codes[(codes >= 0) & (codes < _N_LETTERS)], minlength=128)
    counts[:, _PUNCTUATION] = 0
    return counts


def languages_in_khmer_script(
    texts: pa.Array | pa.ChunkedArray, letters: NDArray[np.float32] | None = None
) -> list[str]:
    """A BCP 47 tag for each text that is in Khmer script and not Khmer; `letters` stands in for the model's."""
    counts = letter_counts(texts)
    fits = counts @ (model().letters if letters is None else letters).T.astype(np.float64)
    order = np.argsort(fits, axis=1)
    rows = np.arange(len(counts))
    best = order[:, -1]
    lead = fits[rows, best] - fits[rows, order[:, -2]]
    n_letters = counts.sum(axis=1)
    sure = (
        (lead >= _LEAD)
        & (lead >= _LEAD_PER_LETTER * n_letters)
        & (fits[rows, best] >= _LEAST_FIT * n_letters)
    )
    has_given_up = counts[:, _GIVEN_UP].sum(axis=1) > 0
    return [
        _tag(LANGUAGES[language], bool(is_sure), bool(given_up))
        for language, is_sure, given_up in zip(best, sure, has_given_up, strict=True)
    ]


def _tag(language: str, is_sure: bool, has_given_up: bool) -> str:  # noqa: FBT001
    if not is_sure or language == "km" or (language in _WRITTEN_ANEW and not has_given_up):
        return UNKNOWN
    return language
