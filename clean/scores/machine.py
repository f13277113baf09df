"""Machine translation, told from habits of punctuation and wording: a small logistic model.

Translated pages keep the commas and full stops of English where Khmer has a blank or ។, have ASCII digits and names
in Latin letters, run on for dozens of clusters where people set a blank, address their reader and say "it is", "one
of the", "them"; people write of persons, places and offices. Fitted to the project's own labels by
clean/learn/machine.py. Over .7 it finds .64 of the translated on halves held out; of 40 web paragraphs over .7 drawn
afterwards, 32 were translated. So it is for looking, not for dropping. Text that lost its blanks looks translated.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from clean.scores.linear import Standardised, probability
from clean.scores.machine_weights import BIAS, WEIGHTS
from clean.scores.occurrences import occurrences
from clean.scores.phrases import Groups
from clean.scores.texts import Floats, Texts, ratio
from khmer.reading import Signs

Integers = NDArray[np.int64]

FEATURES: Final = (
    "run", "marks", "ascii_numbers", "khmer_numbers", "latin_words", "addresses", "calques", "people",
)  # fmt: skip
N_HABITS: Final = 5  # of them come from single characters
ADDRESSES: Final = (
    "អ្នក", "របស់អ្នក", "អ្នកអាច", "អ្នកនឹង", "ប្រសិនបើអ្នក", "អ្នកត្រូវ", "អ្នកមិន", "អ្នកគួរ", "អ្នកមាន", "អ្នកប្រើ", "របស់យើង",
    "យើង",
)  # fmt: skip
CALQUES: Final = (
    "នេះគឺជា", "វាគឺជា", "គឺជា", "វាមាន", "វាជា", "ពួកគេ", "ពួកវា", "របស់ពួកគេ", "របស់វា", "មួយនៃ", "នៃការ", "ត្រូវបាន", "ដែលជា",
    "ជាមួយនឹង", "ដែលអាច", "ដូច្នេះ", "ទោះជាយ៉ាងណា", "ទោះបីជា", "ឧទាហរណ៍", "ផងដែរ", "ល្អបំផុត", "ដ៏ល្អ", "ភាគច្រើន", "មួយចំនួន",
    "គេហទំព័រ", "ងាយស្រួល", "ការប្រើប្រាស់", "យ៉ាងងាយ", "គ្រាន់តែ", "ពិតប្រាកដ", "អតិថិជន", "គុណភាព", "ផលិតផល",
)  # fmt: skip
PEOPLE: Final = (
    "លោក", "លោកស្រី", "ឯកឧត្តម", "សម្តេច", "កញ្ញា", "ឲ្យ", "អោយ", "ឱយ", "ព្រះ", "បានឲ្យដឹង", "កាលពី", "ខ្ញុំ", "គាត់", "នាង",
    "ខេត្ត", "ស្រុក", "សមត្ថកិច្ច", "រដ្ឋាភិបាល", "កម្ពុជា", "ខ្មែរ", "ក្រសួង", "គណបក្ស", "ប្រជាពលរដ្ឋ", "ភ្នំពេញ", "អាជ្ញាធរ",
)  # fmt: skip
# Words that begin as an address does, and address nobody.
OTHERS: Final = (
    "អ្នកស្រី", "អ្នកនាង", "អ្នកជំនាញ", "អ្នកនាំពាក្យ", "អ្នកសារព័ត៌មាន", "អ្នកភូមិ", "អ្នកជំងឺ", "អ្នកណា", "អ្នកដឹកនាំ", "អ្នកគាំទ្រ",
    "អ្នកផង", "លោកអ្នក", "អ្នកតា", "អ្នកម្តាយ", "អ្នកចម្រៀង", "អ្នកកាសែត", "អ្នកនយោបាយ", "អ្នកវិភាគ", "អ្នកមីង", "បណ្តាអ្នក",
)  # fmt: skip
GROUPS: Final[Groups] = (ADDRESSES, CALQUES, PEOPLE, OTHERS)
LEAST_CLUSTERS: Final = 60  # fewer say nothing of habits

_KHMER_LETTER: Final = 1
_KHMER_DIGIT: Final = 2
_DIGIT: Final = 3
_LATIN: Final = 4
_KHAN: Final = 5
_MARK: Final = 6  # , . : and ;
_OTHER: Final = 0


def translated(texts: Texts) -> Floats:
    """Probability that a machine translated the text; null under 60 clusters."""
    evidence = Standardised.of(WEIGHTS, FEATURES).evidence(features(texts))
    chance = probability(evidence + BIAS)
    return np.where(texts.counts.n_clusters >= LEAST_CLUSTERS, chance, np.nan)


def features(texts: Texts) -> Floats:
    """FEATURES of each text, `(n, 8)`: the logarithm of clusters in a run of Khmer; the others per 100 clusters."""
    habits = np.zeros((len(texts), N_HABITS), np.int64)
    _count_habits(texts.reading.signs, habits)
    wording = occurrences(texts.reading, GROUPS)[:, :-1]
    n_clusters = texts.counts.n_clusters
    runs = np.log(np.maximum(ratio(n_clusters, habits[:, 0]), 1))
    counted = np.concatenate([habits[:, 1:], wording], axis=1)
    return np.column_stack([runs, 100.0 * counted / np.maximum(n_clusters, 1)[:, None]])


@njit(cache=True, nogil=True)
def _kind_beside_khmer(code: int) -> int:
    """What a character that is no Khmer letter is."""
    if code < 0x80:
        if 0x30 <= code <= 0x39:
            return _DIGIT
        if code in (0x2C, 0x2E, 0x3A, 0x3B):
            return _MARK
        return _LATIN if 0x61 <= code | 0x20 <= 0x7A else _OTHER
    if code == 0x17D4:
        return _KHAN
    return _KHMER_DIGIT if 0x17E0 <= code <= 0x17E9 else _OTHER


@njit(cache=True, nogil=True)
def _count_habits(signs: Signs, habits: Integers) -> None:
    """Add to `habits`, `(n, 5)`: runs of Khmer, ASCII marks after Khmer, numbers in both digits, Latin words."""
    offsets, codes, n_letters, _ = signs
    for document in range(offsets.size - 1):
        before = _OTHER
        for sign in range(np.uint64(offsets[document]), np.uint64(offsets[document + 1])):
            if n_letters[sign]:
                habits[document, 0] += before != _KHMER_LETTER
                before = _KHMER_LETTER
            kind = _kind_beside_khmer(np.int64(codes[sign]))
            if kind == _MARK:
                habits[document, 1] += before in (_KHMER_LETTER, _KHAN)
            elif kind != before:
                habits[document, 2] += kind == _DIGIT
                habits[document, 3] += kind == _KHMER_DIGIT
                habits[document, 4] += kind == _LATIN
            before = kind
