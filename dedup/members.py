"""What is known of a group's documents when it is decided who stays, and what is decided.

The order of these fields is compiled into `dedup.leader`, whose cache does not notice a change here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Hashes = NDArray[np.uint64]
Integers = NDArray[np.int64]
Numbers = NDArray[np.uint32]
Sketches = NDArray[np.uint8]


class Members(NamedTuple):
    """The documents of a group's components, those of one component together, best first: `(n,) int64` each.

    Equal numbers in one column mean the same component, text, … -1 stands for none.
    """

    component: Integers
    text: Integers
    units: Integers  # the same sequence of units; -1 for documents that are long enough to be compared
    url: Integers  # -1 for one that no other has, and then for source and id
    source: Integers
    id: Integers
    n_units: Integers
    carrier: Integers  # the document whose units are those of its text


class Fates(NamedTuple):
    """What becomes of each member."""

    lead: Integers  # the member kept for it, itself if it stays
    reason: NDArray[np.uint8]
    similarity: NDArray[np.float64]  # to that member; 1 where it stays, NaN where only the URL is the same


class Known(NamedTuple):
    """What became of each member when some of these were not there yet."""

    component: Integers  # the members it was held against had the same; -1 for a member that was not there
    fates: Fates


class Texts(NamedTuple):
    """Room for the units of documents, those of document i at `units[offsets[i]:offsets[i + 1]]` if they are at hand.

    `width` make a shingle.
    """

    units: Numbers
    offsets: Integers
    at_hand: Flags
    width: int


class Case(NamedTuple):
    """All that is given."""

    members: Members
    known: Known
    sketches: Sketches  # (n, 128)
    texts: Texts
    threshold: float
    least: int  # slots that agree before two members are compared


class Seen(NamedTuple):
    """What has been found out of members; from `first_of` on of those of one component, before one."""

    fates: Fates
    settled: Flags  # (n,): members whose fates are found, not guessed
    wanted: Flags  # (n,): documents whose units are needed
    counts: Integers  # (2,): exact comparisons, members for which some were left out
    first_of: Integers  # (4, n): first members by text, and kept ones by units, URL and id
    differs: Flags  # (4, n): whether one with this text, units, URL or id has another fate than it had
    kept: Integers
    changed: Integers  # kept, and were not before, or the other way round
    n: Integers  # (2,): how many of these two there are
    is_open: Flags  # (1,): whether units were not at hand
    is_joined: Flags  # (1,): whether those that are known were in several components

    @classmethod
    def nothing(cls, n: int) -> Seen:
        """Of `n` members: each stays, for all that is known."""
        fates = Fates(np.arange(n), np.zeros(n, np.uint8), np.ones(n))
        settled, wanted, is_open, is_joined = (np.zeros(size, np.bool_) for size in (n, n, 1, 1))
        counts, numbers = np.zeros((2, 2), np.int64)
        first_of, differs = np.empty((4, n), np.int64), np.empty((4, n), np.bool_)
        kept, changed = np.empty((2, n), np.int64)
        return cls(
            fates, settled, wanted, counts, first_of, differs, kept, changed, numbers, is_open, is_joined
        )


class Room(NamedTuple):
    """Where two documents are compared: row 0 for leaders, whose table serves all that resemble them, 1 for members."""

    shingles: Hashes  # (2, most of a document)
    hashed: Integers  # (2,): the document whose shingles stand there
    keys: Hashes  # (2, size): tables of shingles
    marks: Integers  # (2, size)
    owner: Integers  # (2,): the document whose table it is
    n_distinct: Integers  # (2,)
    added: Integers
    stamp: Integers  # (1,)
    likely: Integers  # (2, MOST_CHECKS): the likeliest kept members, and slots in which they agree
    found: Integers  # (MOST_KEPT + 1,): scratch
    agreed: Integers  # (MOST_KEPT + 1,): scratch
    places: Integers  # (129,): scratch
