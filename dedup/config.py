"""What the stage is told, and the words in which it answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from corpus.errors import ConfigurationError
from corpus.stage import StageConfig, option
from dedup.optimal import optimal_bands
from dedup.sketch_kernels import SLOTS

MOST_MISSED: Final = 0.01  # of the pairs at the threshold, by the bands


@dataclass
class DedupConfig(StageConfig):
    """Options of `python -m dedup`; their values stand in configs/dedup.yaml."""

    threshold: float = option(
        0.8, "Jaccard similarity from which two documents are near-duplicates, 0.5 to 1"
    )
    shingle_units: int = option(5, "units (Khmer cluster, number, Latin word) that make one shingle")
    least_units: int = option(30, "shorter documents are duplicates only of the same sequence of units")
    bands: int = option(21, "bands of the sketch; documents that agree in a whole band are compared")
    rows: int = option(6, "sketch slots in a band")
    least_passage: int = option(
        100, "units from which a passage that stands in two documents stays only in the better one"
    )
    least_line: int = option(12, "units from which a whole line of several documents is such a passage")
    least_line_documents: int = option(3, "documents that must share a line before it is one")
    least_left: int = option(30, "units that must stand outside such passages, or the document goes whole")
    least_left_share: float = option(0.2, "share of a document's units that must, or it goes whole")
    most_lost: float = option(
        0.9, "share of a source's documents that may go before the run stops", volatile=True
    )
    most_lost_documents: int = option(
        1000, "documents that any source may lose without a stop", volatile=True
    )
    allow_loss: list[str] = option([], "sources that may lose any share", volatile=True)


class Reason(IntEnum):
    """How a document is tied to the one kept for it, the strongest tie first."""

    KEPT = 0
    EXACT_DUPLICATE = 1
    NEAR_DUPLICATE = 2
    URL_DUPLICATE = 3
    REPEATED_PASSAGES = 4


def check(config: DedupConfig) -> None:
    """Raise ConfigurationError for values that cannot work."""
    if not 0.5 <= config.threshold <= 1:
        msg = f"threshold: got {config.threshold}; expected 0.5 to 1. Try: threshold=0.8"
        raise ConfigurationError(msg)
    if not 1 <= config.shingle_units <= config.least_units:
        msg = f"shingle_units: got {config.shingle_units}; expected 1 to least_units ({config.least_units})"
        raise ConfigurationError(msg)
    if config.bands < 1 or config.rows < 1 or config.bands * config.rows > SLOTS:
        msg = f"bands × rows: got {config.bands} × {config.rows}; expected 1 to {SLOTS} slots. Try: bands=21 rows=6"
        raise ConfigurationError(msg)
    if (missed := (1 - config.threshold**config.rows) ** config.bands) > MOST_MISSED:
        bands, rows = optimal_bands(config.threshold)
        msg = (
            f"bands × rows: {config.bands} × {config.rows} miss {missed:.1%} of pairs at {config.threshold}; "
            f"expected at most {MOST_MISSED:.0%}. Try: bands={bands} rows={rows}"
        )
        raise ConfigurationError(msg)
    if not 60 <= config.least_passage <= 1 << 14:
        msg = f"least_passage: got {config.least_passage}; expected 60 to {1 << 14}. Try: least_passage=100"
        raise ConfigurationError(msg)
    if not 1 <= config.least_line <= config.least_passage or config.least_line_documents < 2:
        got = f"{config.least_line}, {config.least_line_documents}"
        msg = f"least_line, least_line_documents: got {got}; expected 1 to least_passage, and 2 or more. Try: 12, 3"
        raise ConfigurationError(msg)
    if not 0 <= config.least_left_share <= 1:
        msg = f"least_left_share: got {config.least_left_share}; expected a share from 0 to 1"
        raise ConfigurationError(msg)
    if not 0 <= config.most_lost <= 1:
        msg = f"most_lost: got {config.most_lost}; expected a share from 0 to 1"
        raise ConfigurationError(msg)
