"""The language of each document as a BCP 47 tag."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from clean.language.khmer_script import languages_in_khmer_script
from clean.language.others import UNKNOWN, language_of_other_scripts
from clean.language.scan import Scan, pair_fit_of, scan
from clean.scores.texts import Booleans, Texts
from khmer.clusters import khmer_share_of

KHMER: Final = "km"
NO_LANGUAGE: Final = "zxx"
LEAST_KHMER_SHARE: Final = 0.25  # of letters, beside foreign names that are in no language
LEAST_OTHER_LETTERS: Final = 60  # about ten words
MOST_CHARACTERS: Final = 1_000_000  # of a text that decide its tag


def language_of(texts: Texts) -> pa.StringArray:
    """The language that most of each text is in: `km`, `en`, `pi`, `und-Khmr`, …, `und`, or `zxx` without letters."""
    scanned = texts.scan
    has_letters = scanned.n_letters > 0
    share = khmer_share_of(texts.counts)
    in_khmer_script = has_letters & (share >= 0.5)
    unlike = in_khmer_script & unlike_khmer(scanned)
    tags = np.where(in_khmer_script, KHMER, NO_LANGUAGE).astype(object)
    tags[unlike] = languages_in_khmer_script(_without_khmer_lines(_beginnings(texts, unlike)))
    _tag_others(tags, texts, has_letters & ~in_khmer_script)
    tags[(tags == UNKNOWN) & (share >= LEAST_KHMER_SHARE)] = KHMER
    return pa.array(tags.tolist(), pa.string())


def other_language_of(texts: Texts) -> pa.StringArray:
    """The language of the other lines of texts in Khmer script; null under sixty letters in such lines."""
    tags = np.full(len(texts), None, object)
    in_khmer_script = khmer_share_of(texts.counts) >= 0.5
    _tag_others(tags, texts, in_khmer_script & (texts.scan.n_other_letters >= LEAST_OTHER_LETTERS))
    return pa.array(tags.tolist(), pa.string())


def unlike_khmer(scanned: Scan) -> Booleans:
    """Whether what is in Khmer script is not Khmer: as a whole, or in lines that hold most of the clusters."""
    from clean.language.kernels import LEAST_FIT

    return (pair_fit_of(scanned) < LEAST_FIT) | (2 * scanned.n_unlike > scanned.n_clusters)


def _without_khmer_lines(texts: pa.LargeStringArray) -> pa.LargeStringArray:
    """The texts without their lines of Khmer: a book of chants has Khmer headings."""
    return pa.array(map(_lines_unlike_khmer, texts.to_pylist()), pa.large_string())


def _lines_unlike_khmer(text: str) -> str:
    lines = pa.array(text.split("\n"), pa.large_string())
    chosen = unlike_khmer(scan(lines))
    return "\n".join(lines.filter(pa.array(chosen)).to_pylist()) or text


def _tag_others(tags: NDArray[np.object_], texts: Texts, chosen: Booleans) -> None:
    tags[chosen] = [language_of_other_scripts(text) for text in _beginnings(texts, chosen).to_pylist()]


def _beginnings(texts: Texts, chosen: Booleans) -> pa.LargeStringArray:
    return pc.utf8_slice_codeunits(texts.text.filter(pa.array(chosen)), 0, MOST_CHARACTERS)
