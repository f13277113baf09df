"""A small classifier: what a reader would think of a text, told from its other scores alone.

Proportional odds (McCullagh 1980) over standardised scores, fitted to the project's own labels of documents from six
sources: see clean/learn/quality.py. It needs no text, so it can be computed again from attributes.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clean.scores.linear import Standardised, probability
from clean.scores.quality_weights import BIASES, WEIGHTS
from clean.scores.texts import Floats

LABELS: Final = ("junk", "poor", "readable", "good")
READABLE: Final = LABELS.index("readable")
COUNTED: Final = ("c4_longest_ascii_run", "c4_long_lines")  # enter as log(1 + x)
FEATURES: Final = (
    *COUNTED,
    "c4_ended_line_share",
    "fineweb_lines_per_word",
    "fineweb_stop_word_rate",
    "gopher_bullet_line_share",
    "gopher_ellipsis_line_share",
    "keywords_listed_share",
    "khmer_digit_share",
    "khmer_punctuation_share",
    "language_pair_fit",
    "machine_translated",
    "perplexity_bits_per_cluster",
)


def readable(scores: pa.Table) -> Floats:
    """Probability that a reader finds the text readable or good, not poor or junk."""
    return at_least(READABLE, evidence(scores))


def at_least(label: int, given: Floats) -> Floats:
    """Probability of a label or a better one, from `evidence`."""
    return probability(given + BIASES[label - 1])


def evidence(scores: pa.Table) -> Floats:
    """The weighted sum of standardised scores, `(n,)`; one that a document does not have weighs nothing."""
    return Standardised.of(WEIGHTS, FEATURES).evidence(features(scores))


def features(scores: pa.Table) -> Floats:
    """The scores that are looked at, `(n, features)`; null as NaN."""
    columns = [numbers(scores, name) for name in FEATURES]
    return np.column_stack([*map(np.log1p, columns[: len(COUNTED)]), *columns[len(COUNTED) :]])


def numbers(scores: pa.Table, name: str) -> Floats:
    """A score as float64, null as NaN."""
    column = pc.cast(scores[name], pa.float64()).combine_chunks()
    return np.asarray(column.to_numpy(zero_copy_only=False))
