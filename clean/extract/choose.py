"""Which blocks are kept, given how likely each is main text: by the page alone, or with what its host tells."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from clean.extract.measures import Booleans, Floats, Indices

KEEP: Final = 0.55
GROW: Final = 0.3  # what stands beside a kept block in the same element needs less
FILL: Final = 0.1  # what stands between kept blocks needs less
FILL_LINK_SHARE: Final = 0.5
CORE_SHARE: Final = 0.8


class Blocks(NamedTuple):
    """What the choice needs to know of a page's blocks, `(blocks,)`, and the parent of each element, `(elements,)`."""

    letters: Floats
    link_share: Floats
    element: Indices
    parents: list[int]
    is_comment: Booleans
    is_row: Booleans  # of a table of data


def choose(blocks: Blocks, chances: Floats) -> Booleans:
    """Which blocks are main text, `(blocks,) bool`: the likely ones and what stands between; at least one, if any.

    Readers' comments are main text only where there is nothing else.
    """
    if not len(chances):
        return np.zeros(0, bool)
    if not blocks.is_comment.all():
        chances = np.where(blocks.is_comment, 0.0, chances)
    kept = chances >= KEEP
    if not kept.any():
        kept[chances.argmax()] = True
    return _filled(blocks, chances, _grown(blocks, chances, kept))


def _grown(blocks: Blocks, chances: Floats, kept: Booleans) -> Booleans:
    """Add to kept blocks the lines and paragraphs beside them: verses are as likely as each other."""
    element = blocks.element.tolist()
    above = [blocks.parents[i] for i in element]
    likely = (chances >= GROW).tolist()
    grown: list[bool] = kept.tolist()
    for order in (range(1, len(grown)), range(len(grown) - 2, -1, -1)):
        step = order.step
        for i in order:
            before = i - step
            beside = element[i] == element[before] or above[i] == above[before]
            grown[i] = grown[i] or (grown[before] and likely[i] and beside)
    return np.array(grown)


def _filled(blocks: Blocks, chances: Floats, kept: Booleans) -> Booleans:
    """Add what stands between kept blocks in the element that holds most of them: headings, short lines, tables."""
    in_core = _core(blocks, blocks.letters * kept)[blocks.element]
    positions = np.flatnonzero(kept & in_core)
    if not len(positions):
        return kept
    between = np.zeros(len(kept), bool)
    between[positions[0] : positions[-1] + 1] = True
    fills = ((chances >= FILL) | blocks.is_row) & (blocks.link_share < FILL_LINK_SHARE)
    return np.asarray(kept | (between & in_core & fills & ~blocks.is_comment))


def _core(blocks: Blocks, kept_letters: Floats) -> Booleans:
    """The innermost element with CORE_SHARE of the kept letters, and those inside it, `(elements,) bool`."""
    sums = np.bincount(blocks.element, kept_letters, len(blocks.parents)).tolist()
    for i in range(len(sums) - 1, 0, -1):
        sums[blocks.parents[i]] += sums[i]
    core = max(i for i, letters in enumerate(sums) if letters >= CORE_SHARE * sums[0])
    inside = [i == core for i in range(len(sums))]
    for i in range(core + 1, len(sums)):
        inside[i] = inside[blocks.parents[i]]
    return np.array(inside)
