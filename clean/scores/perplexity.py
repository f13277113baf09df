"""How well a language model of clean Khmer foresees a text; model after Heafield 2011 (KenLM), use after CCNet.

The model (Kneser–Ney, four clusters, see clean/ngram) is of openly licensed text. Bits are for each cluster, since
a cluster is what it foresees: the figure does not depend on length, spaces, numbers or foreign words, which it skips.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from clean.ngram.model import Bits
from clean.scores.texts import Floats, Integers, Texts, ratio

RARE_BITS: Final = 12.0  # one in 4,000 clusters of the model's texts is none of its vocabulary


def bits_per_cluster(texts: Texts) -> Floats:
    """Bits that a cluster costs, spaces and all else skipped; null without clusters.

    Prose of any kind has about 4.0 (.95 of articles under 4.7), the same with its words in another order 5.1, with
    5 % of its characters replaced at random 5.6, Pali 9. Machine translation is not told from prose by it.
    """
    return bits_of(texts.foreseen, texts.counts.n_clusters)


def bits_of(found: Bits, n_clusters: Integers) -> Floats:
    """Bits per cluster of texts, given what the model makes of their known clusters and how many they have."""
    n_rare = np.maximum(n_clusters - found.n_known, 0)
    n_scored = found.n_known + n_rare
    return np.where(n_scored > 0, ratio(found.bits + RARE_BITS * n_rare, n_scored), np.nan)


def rare_cluster_share(texts: Texts) -> Floats:
    """Share of clusters that good text hardly has, one forgiven.

    .0003 in articles, .0075 with 1 % of their characters replaced at random; foreign names spelt in Khmer have .05.
    """
    n_clusters = texts.counts.n_clusters
    n_rare = np.maximum(n_clusters - texts.foreseen.n_known - 1, 0)
    return ratio(n_rare, n_clusters)
