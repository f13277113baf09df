"""Lines that many different pages of a host repeat are its furniture, not the text of any of them."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from clean.extract.hosts import LINE, PAGE
from clean.extract.lines import Hashes, line_hashes, lines_of
from clean.extract.measures import Booleans

Counts = NDArray[np.int64]

LEAST_SHARE: Final = 0.1  # of a host's pages, for a line to be the host's
ENOUGH_PAGES: Final = 30  # that many are enough on any host, for lines too long to be chance
LONG_LINE: Final = 30  # characters
TITLES: Final = ("title", "page_h1")


class Cleared(NamedTuple):
    """Texts without the lines of their hosts, and what that took from each, `(texts,)`."""

    texts: pa.LargeStringArray
    n_lines: Counts
    n_chars: Counts


def without_host_lines(
    pages: pa.Table, texts: pa.LargeStringArray, hosts: Hashes, known: pa.Table
) -> Cleared:
    """The texts of pages without their hosts' lines; `known` is of `hosts.merge`.

    A page's title stays, though other pages repeat it. Of a text that has no line of its own the rarest stay.
    """
    n_lines, n_chars = np.zeros(len(texts), np.int64), np.zeros(len(texts), np.int64)
    of_lines = known.filter(pc.equal(known["kind"], LINE))
    chosen = np.flatnonzero(np.isin(hosts, of_lines["host"].to_numpy()))
    if not len(chosen):
        return Cleared(texts, n_lines, n_chars)
    lines = lines_of(texts.take(pa.array(chosen)))
    owner, line = chosen[lines.text], line_hashes(lines.values)
    chars = pc.utf8_length(lines.values).to_numpy(zero_copy_only=False)
    on = _looked_up(of_lines, hosts[owner], line)
    removed = _owned(on, chars, _pages_of(known, hosts)[owner])
    for name in TITLES:
        title = line_hashes(pc.fill_null(pages[name].combine_chunks().cast(pa.large_string()), ""))
        removed &= line != title[owner]
    removed &= ~_rarest_of_nothing_else(owner, on, removed | (line == 0))
    n_lines += np.bincount(owner, removed, len(texts)).astype(np.int64)
    n_chars += np.bincount(owner, removed * chars, len(texts)).astype(np.int64)
    values, result = lines.values.to_pylist(), texts.to_pylist()
    for i in np.flatnonzero(n_lines).tolist():
        span = range(*np.searchsorted(owner, [i, i + 1]).tolist())
        result[i] = "\n".join(values[j] for j in span if not removed[j]).strip("\n")
    return Cleared(pa.array(result, pa.large_string()), n_lines, n_chars)


def _owned(on: Counts, chars: Counts, n_pages: Counts) -> Booleans:
    """Which lines are the host's: by their share of its pages, or by sheer number if they are long."""
    enough = (chars >= LONG_LINE) & (on >= ENOUGH_PAGES)
    return np.asarray((on > 0) & (enough | (on >= LEAST_SHARE * n_pages)))


def _rarest_of_nothing_else(owner: Counts, on: Counts, gone: Booleans) -> Booleans:
    """Lines that stand on the fewest pages, of the texts that would lose all."""
    left = np.bincount(owner, ~gone)
    fewest = np.full(len(left), np.iinfo(np.int64).max)
    np.minimum.at(fewest, owner[on > 0], on[on > 0])
    return np.asarray((left[owner] == 0) & (on == fewest[owner]))


def _looked_up(of_lines: pa.Table, hosts: Hashes, lines: Hashes) -> Counts:
    """On how many pages of its host each line stands, 0 for lines that are not known."""
    keys = _key(of_lines["host"].to_numpy(), of_lines["item"].to_numpy())
    order = np.argsort(keys, kind="stable")
    keys, n_pages = keys[order], of_lines["n_pages"].to_numpy()[order]
    wanted = _key(hosts, lines)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where((keys[at] == wanted) & (lines != 0), n_pages[at], 0)


def _key(hosts: Hashes, lines: Hashes) -> Hashes:
    """One number for a line of a host; two of 64 bits each meet in one as rarely as any."""
    return np.asarray(hosts * np.uint64(0x9E3779B97F4A7C15) + lines)


def _pages_of(known: pa.Table, hosts: Hashes) -> Counts:
    """The number of distinct pages of each host."""
    rows = known.filter(pc.equal(known["kind"], PAGE))
    n_pages = dict(zip(rows["host"].to_pylist(), rows["n_pages"].to_pylist(), strict=True))
    return np.array([n_pages.get(host, 0) for host in hosts.tolist()], np.int64)
