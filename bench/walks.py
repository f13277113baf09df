"""Compiled loops of the generator of copies: every document is a function of the seed and its number alone.

A document is a list of pieces (words with what follows them) before it becomes bytes. Its pieces come from a walk:
after a piece comes one that followed it somewhere in the seed text.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

# Kinds of documents.
NEWS: Final = 0
SHORT: Final = 1  # a line or two
TEMPLATE: Final = 2  # one of some twenty that differ in numbers and places alone
HOT: Final = 3  # one of six texts that a hundredth of all documents carry
COPY: Final = 4  # of any document before it

# What is done to a copy that is not exact.
WORDS, REPLACED, DELETED, INSERTED, FRAMED, SUFFIXED, SPACED, SPELT = range(1, 9)

N_EDITS: Final = 8
MOST_PIECES: Final = 4096
DEEPEST: Final = 256  # copies of copies
N_HOT: Final = 6
WHOLE: Final = 32  # bytes copied of any piece, most are shorter: a loop of unknown length takes twice as long
ROOM: Final = 16 << 20  # bytes rendered by one call; many times the longest document

# Where the pieces that are not of the seed text begin in the table of pieces.
LINE_FEED, HEADERS, FOOTERS, SUFFIXES, NUMBERS, PLACES, END = range(7)

# Streams of random numbers: of a document's text, of its columns, of passages, templates and hot texts.
_TEXT: Final = 1
_COLUMNS: Final = 2
_PASSAGE: Final = 3
_TEMPLATE: Final = 4
_HOT: Final = 5

_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
_STREAM: Final = np.uint64(0xD1342543DE82EF95)
_HALF: Final = np.uint64(33)

Integers = NDArray[np.int64]
Pieces = NDArray[np.int32]


class Pool(NamedTuple):
    """The seed text as pieces: piece p is `data[offsets[p]:offsets[p + 1]]`; WHOLE bytes more stand at the end."""

    data: NDArray[np.uint8]
    offsets: Integers  # (n_pieces + 1,)
    followers: Pieces  # what follows each piece in the seed text, piece by piece, (m,)
    starts: Pieces  # where those of a piece begin, (n_pieces + 1,); one from elsewhere has none
    special: Integers  # (END + 1,): first pieces that are not of the seed text, by LINE_FEED … END
    median: int  # pieces of an article


@njit(cache=True, nogil=True)
def _splitmix(x: Any) -> Any:
    x = (x ^ x >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ x >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return x ^ x >> np.uint64(31)


@njit(cache=True, nogil=True)
def _begin(state: NDArray[np.uint64], seed: int, stream: int, number: int) -> None:
    """Set a generator (SplitMix64) to the start of a stream."""
    x = _splitmix(np.uint64(seed) * _GOLDEN + np.uint64(stream))
    state[0] = _splitmix(x + np.uint64(number) * _STREAM)


@njit(cache=True, nogil=True)
def _draw(state: NDArray[np.uint64]) -> Any:
    state[0] += _GOLDEN
    return _splitmix(state[0])


@njit(cache=True, nogil=True)
def _below(state: NDArray[np.uint64], n: int) -> Any:
    """A number from 0 to n - 1, for n below 2³¹."""
    return np.int64(_draw(state) >> _HALF) * n >> 31


@njit(cache=True, nogil=True)
def _uniform(state: NDArray[np.uint64]) -> Any:
    """A number above 0, up to 1."""
    return (np.int64(_draw(state) >> _HALF) + 1) / 2147483648.0


@njit(cache=True, nogil=True)
def _kind(state: NDArray[np.uint64], seed: int, number: int) -> Any:
    """A document's kind, with the generator at the start of its text: a third are copies."""
    _begin(state, seed, _TEXT, number)
    draw = _below(state, 1000)
    if draw < 600 or number == 0:
        return NEWS
    if draw < 620:
        return SHORT
    if draw < 660:
        return TEMPLATE
    return HOT if draw < 670 else COPY


@njit(cache=True, nogil=True)
def _template_of(state: NDArray[np.uint64], number: int) -> Any:
    return _below(state, number // 500 + 1)


@njit(cache=True, nogil=True)
def _passage_of(state: NDArray[np.uint64], number: int) -> Any:
    """The paragraph that an article shares with some nine others, or -1: one in five has one."""
    passage = _below(state, number // 30 + 1)
    return passage if _below(state, 5) == 0 else -1


@njit(cache=True, nogil=True)
def fill_passages(seed: int, passages: Integers) -> None:
    """Write the number of the paragraph that each document shares with others, or -1; copies have what they copy."""
    state = np.zeros(1, np.uint64)
    for number in range(passages.size):
        kind = _kind(state, seed, number)
        passages[number] = -1
        if kind == NEWS:
            passages[number] = _passage_of(state, number)
        elif kind == COPY:
            passages[number] = passages[_below(state, number)]


@njit(cache=True, nogil=True)
def fill_families(seed: int, families: Integers) -> None:
    """Write each document's family: number of the first document of its copies, or below 0 for those of a template.

    Hot texts are families too, as templates: -1 to -6.
    """
    state = np.zeros(1, np.uint64)
    for number in range(families.size):
        kind = _kind(state, seed, number)
        families[number] = number
        if kind == COPY:
            families[number] = families[_below(state, number)]
        elif kind == TEMPLATE:
            families[number] = -1 - N_HOT - _template_of(state, number)
        elif kind == HOT:
            families[number] = -1 - _below(state, N_HOT)


@njit(cache=True, nogil=True)
def _walk(state: NDArray[np.uint64], pool: Pool, pieces: Pieces, first: int, last: int) -> None:
    """Write a walk to pieces[first:last]. It jumps now and then, mostly where the seed text knows only one way on."""
    followers, starts, x = pool.followers, pool.starts, state[0]
    start, n_ways = np.int64(0), np.int64(followers.size)
    for k in range(first, last):
        x += _GOLDEN
        draw = _splitmix(x)
        high, low = np.int64(draw >> _HALF), np.int64(draw & np.uint64(31))
        if low < 2 or (n_ways == 1 and low & 1):
            start, n_ways = np.int64(0), np.int64(followers.size)
        piece = followers[start + (high * n_ways >> 31)]
        pieces[k] = piece
        start = np.int64(starts[piece])
        n_ways = np.int64(starts[piece + 1]) - start
    state[0] = x


@njit(cache=True, nogil=True)
def _one_of(state: NDArray[np.uint64], special: Integers, group: int) -> Any:
    return special[group] + _below(state, special[group + 1] - special[group])


@njit(cache=True, nogil=True)
def _news_length(state: NDArray[np.uint64], median: int) -> Any:
    """Pieces of an article: log-normal about the median."""
    normal = np.sqrt(-2 * np.log(_uniform(state))) * np.cos(2 * np.pi * _uniform(state))
    return min(max(int(median * np.exp(0.5 * normal)), 25), 1500)


@njit(cache=True, nogil=True)
def _compose_news(state: NDArray[np.uint64], seed: int, number: int, pool: Pool, pieces: Pieces) -> Any:
    """An article, two in five with a site's header and footer, one in five with a paragraph that others have too."""
    n, line_feed = 0, pool.special[LINE_FEED]
    passage = _passage_of(state, number)
    length, framed = _news_length(state, pool.median), _below(state, 5) < 2
    if framed:
        pieces[0], pieces[1], n = _one_of(state, pool.special, HEADERS), line_feed, 2
    half = n + length // 2
    _walk(state, pool, pieces, n, half)
    n = half
    if passage >= 0:
        own = np.zeros(1, np.uint64)
        _begin(own, seed, _PASSAGE, passage)
        end = n + 1 + 20 + _below(own, 41)
        _walk(own, pool, pieces, n + 1, end)
        pieces[n], pieces[end], n = line_feed, line_feed, end + 1
    rest = n + length - length // 2
    _walk(state, pool, pieces, n, rest)
    n = rest
    if framed:
        pieces[n], pieces[n + 1], n = line_feed, _one_of(state, pool.special, FOOTERS), n + 2
    return n


@njit(cache=True, nogil=True)
def _compose_template(state: NDArray[np.uint64], seed: int, number: int, pool: Pool, pieces: Pieces) -> Any:
    """A frame that others have too, with numbers and places of its own in three to six places."""
    own = np.zeros(1, np.uint64)
    _begin(own, seed, _TEMPLATE, _template_of(state, number))
    n, n_slots = 30 + _below(own, 91), 3 + _below(own, 4)
    _walk(own, pool, pieces, 0, n)
    for slot in range(n_slots):
        at = _below(own, n)
        pieces[at] = _one_of(state, pool.special, NUMBERS if slot & 1 else PLACES)
    return n


@njit(cache=True, nogil=True)
def _compose_hot(state: NDArray[np.uint64], seed: int, pool: Pool, pieces: Pieces) -> Any:
    """One of six texts: three with a number and a place of its own, three with 12 to 40 pieces of its own."""
    own = np.zeros(1, np.uint64)
    hot = _below(state, N_HOT)
    _begin(own, seed, _HOT, hot)
    n = 120 + _below(own, 60)
    _walk(own, pool, pieces, 0, n)
    if hot < N_HOT // 2:
        pieces[n // 3] = _one_of(state, pool.special, NUMBERS)
        pieces[n // 2] = _one_of(state, pool.special, PLACES)
        return n
    end = n + 12 + _below(state, 29)
    _walk(state, pool, pieces, n, end)
    return end


@njit(cache=True, nogil=True)
def _make_room(pieces: Pieces, n: int, at: int, length: int) -> Any:
    """Move what stands from `at` on by `length`, as far as there is room; the new number of pieces."""
    length = min(length, MOST_PIECES - n)
    for k in range(n - 1, at - 1, -1):
        pieces[k + length] = pieces[k]
    return n + length


@njit(cache=True, nogil=True)
def _edit(state: NDArray[np.uint64], edit: int, pool: Pool, pieces: Pieces, n: int) -> Any:
    """Change the pieces; their new number. Words: up to 6 % of the pieces; spans: up to 15 %."""
    if edit == WORDS:
        for _ in range(1 + _below(state, max(n * 6 // 100, 1))):
            pieces[_below(state, n)] = pool.followers[_below(state, pool.followers.size)]
        return n
    if edit in (FRAMED, SUFFIXED):
        if n + 4 > MOST_PIECES:
            return n
        if edit == SUFFIXED:
            pieces[n] = _one_of(state, pool.special, SUFFIXES)
            return n + 1
        n = _make_room(pieces, n, 0, 2)
        pieces[0], pieces[1] = _one_of(state, pool.special, HEADERS), pool.special[LINE_FEED]
        pieces[n], pieces[n + 1] = pool.special[LINE_FEED], _one_of(state, pool.special, FOOTERS)
        return n + 2
    span = 1 + _below(state, max(n * 15 // 100, 1))
    at = _below(state, max(n - span, 1))
    if edit == INSERTED:
        larger = _make_room(pieces, n, at, span)
        _walk(state, pool, pieces, at, at + larger - n)
        return larger
    if edit == REPLACED:
        _walk(state, pool, pieces, at, min(at + span, n))
    if edit == DELETED and n > span:
        pieces[at : n - span] = pieces[at + span : n].copy()
        return n - span
    return n


@njit(cache=True, nogil=True)
def _make_copy(state: NDArray[np.uint64], pool: Pool, pieces: Pieces, n: int, manner: Integers) -> Any:
    """Make a copy of what the pieces are, one in four an exact one; their new number.

    `manner` is (spacing, spelling): how the pieces are to be rendered.
    """
    if _below(state, 4) == 0:
        return n
    for _ in range(1 + _below(state, 3) // 2 + _below(state, 4) // 3):
        edit = 1 + _below(state, N_EDITS)
        if edit == SPACED:
            manner[0] = 1 + _below(state, 2)
        elif edit == SPELT:
            manner[1] = 1 + _below(state, 2)
        else:
            n = _edit(state, edit, pool, pieces, n)
    return n


@njit(cache=True, nogil=True)
def _compose(seed: int, number: int, pool: Pool, pieces: Pieces, manner: Integers) -> Any:
    """Write the pieces of a document; their number."""
    state, chain = np.zeros(1, np.uint64), np.empty(DEEPEST, np.int64)
    chain[0], deep = number, 0
    kind = _kind(state, seed, number)
    while kind == COPY and deep < DEEPEST - 1:
        deep += 1
        chain[deep] = _below(state, chain[deep - 1])
        kind = _kind(state, seed, chain[deep])
    manner[:] = 0
    if kind == TEMPLATE:
        n = _compose_template(state, seed, chain[deep], pool, pieces)
    elif kind == HOT:
        n = _compose_hot(state, seed, pool, pieces)
    elif kind == SHORT:
        n = 1 + _below(state, 12)
        _walk(state, pool, pieces, 0, n)
    else:
        n = _compose_news(state, seed, chain[deep], pool, pieces)
    for k in range(deep - 1, -1, -1):
        _kind(state, seed, chain[k])
        _below(state, chain[k])  # its source, already known
        n = _make_copy(state, pool, pieces, n, manner)
    return n


@njit(cache=True, nogil=True)
def _respell(out: NDArray[np.uint8], end: int, last_byte: int) -> None:
    """Let every ឱ្យ and ឲ្យ (E1 9E B1 or B2, E1 9F 92, E1 9E 99) have this last byte in its first letter."""
    for i in range(end - 8):
        is_vowel = out[i + 1] == 0x9E and (out[i + 2] == 0xB1 or out[i + 2] == 0xB2)
        if is_vowel and out[i + 4] == 0x9F and out[i + 5] == 0x92 and out[i + 8] == 0x99:
            out[i + 2] = last_byte


@njit(cache=True, nogil=True)
def _render(pool: Pool, pieces: Pieces, n: int, manner: Integers, out: NDArray[np.uint8]) -> Any:
    """Write the pieces' bytes; how many. Spacing 1 leaves blanks out, 2 puts one after each sixth piece."""
    data, offsets, spacing = pool.data, pool.offsets, manner[0]
    end = 0
    for k in range(n):
        start, stop = offsets[pieces[k]], offsets[pieces[k] + 1]
        if spacing == 1:
            for i in range(start, stop):
                out[end] = data[i]
                end += data[i] != 0x20
        else:
            for i in range(WHOLE):
                out[end + i] = data[start + i]
            for i in range(WHOLE, stop - start):
                out[end + i] = data[start + i]
            end += stop - start
        if spacing == 2 and k % 6 == 5:
            out[end] = 0x20
            end += 1
    if manner[1]:
        _respell(out, end, 0xB0 + manner[1])
    while end and out[end - 1] in (0x20, 0x0A):
        end -= 1
    return end


@njit(cache=True, nogil=True)
def fill_texts(seed: int, first: int, pool: Pool, data: NDArray[np.uint8], offsets: Integers) -> int:
    """Write documents from number `first` on, one after another, as many as `offsets` and `data` hold; how many."""
    pieces, manner = np.empty(MOST_PIECES, np.int32), np.zeros(2, np.int64)
    piece_offsets = pool.offsets
    offsets[0] = 0
    for row in range(offsets.size - 1):
        n = _compose(seed, first + row, pool, pieces, manner)
        room = 0
        for k in range(n):
            room += piece_offsets[pieces[k] + 1] - piece_offsets[pieces[k]] + 1
        if offsets[row] + room + WHOLE > data.size:
            return row
        offsets[row + 1] = offsets[row] + _render(pool, pieces, n, manner, data[offsets[row] :])
    return offsets.size - 1


@njit(cache=True, nogil=True)
def fill_columns(seed: int, first: int, columns: Integers) -> None:
    """Write the numbers of the other columns, `(7, n)`.

    Id (two 64-bit numbers), source, number of the URL (of another document for one copy in five), days since 2010 when
    it was fetched, days before that when it was published (below 0: not known), thousandths of quality.
    """
    state = np.zeros(1, np.uint64)
    for row in range(columns.shape[1]):
        number = first + row
        is_copy = _kind(state, seed, number) == COPY
        source = _below(state, number) if is_copy else number
        _begin(state, seed, _COLUMNS, number)
        columns[0, row], columns[1, row] = np.int64(_draw(state)), np.int64(_draw(state))
        columns[2, row] = _below(state, 4)
        columns[3, row] = source if _below(state, 5) == 0 else number
        columns[4, row] = _below(state, 6000)
        columns[5, row] = _below(state, 400) - 100
        columns[6, row] = 600 + _below(state, 401)
