"""The language of each document as a BCP 47 tag."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from clean.language.khmer_script import languages_in_khmer_script
from clean.language.others import NO_LANGUAGE, language_of_other_scripts
from clean.language.scan import Scan, pair_fit_of
from clean.scores.language import scan_of
from clean.scores.texts import Booleans, Texts
from khmer.clusters import khmer_share_of

KHMER: Final = "km"
LEAST_OTHER_LETTERS: Final = 60  # about ten words


def language_of(texts: Texts) -> pa.StringArray:
    """The language that most of each text is in: `km`, `en`, `pi`, `und-Khmr`, …, `und`, or `zxx` without letters."""
    scanned = scan_of(texts)
    has_letters = scanned.n_letters > 0
    in_khmer_script = has_letters & (khmer_share_of(texts.counts) >= 0.5)
    unlike = in_khmer_script & unlike_khmer(scanned)
    tags = np.where(in_khmer_script, KHMER, NO_LANGUAGE).astype(object)
    tags[unlike] = languages_in_khmer_script(texts.text.filter(pa.array(unlike)))
    _tag_others(tags, texts, has_letters & ~in_khmer_script)
    return pa.array(tags.tolist(), pa.string())


def other_language_of(texts: Texts) -> pa.StringArray:
    """The language of the other lines of texts in Khmer script; null under sixty letters in such lines."""
    tags = np.full(len(texts), None, object)
    in_khmer_script = khmer_share_of(texts.counts) >= 0.5
    _tag_others(tags, texts, in_khmer_script & (scan_of(texts).n_other_letters >= LEAST_OTHER_LETTERS))
    return pa.array(tags.tolist(), pa.string())


def unlike_khmer(scanned: Scan) -> Booleans:
    """Whether what is in Khmer script is not Khmer: as a whole, or in lines that hold most of the clusters."""
    from clean.language.kernels import LEAST_FIT

    return (pair_fit_of(scanned) < LEAST_FIT) | (2 * scanned.n_unlike > scanned.n_clusters)


def _tag_others(tags: NDArray[np.object_], texts: Texts, chosen: Booleans) -> None:
    tags[chosen] = [
        language_of_other_scripts(text) for text in texts.text.filter(pa.array(chosen)).to_pylist()
    ]
