"""Exact comparison, and who stays in a component."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dedup.bands import least_agreeing
from dedup.leader import (
    EXACT,
    MOST_CHECKS,
    NEAR,
    URL,
    build_table,
    fill_shingles,
    lead,
    room_for,
    similarity,
    table_size,
)
from dedup.members import Case, Fates, Known, Members, Seen, Texts
from dedup.sketch_kernels import SLOTS
from khmer.clusters import LINE

ALPHABET = st.integers(0, 12)
UNTIMED = settings(max_examples=200, deadline=None)  # the first call compiles


def hashes(numbers: list[int]) -> NDArray[np.uint64]:
    mixed = np.random.default_rng(3).integers(0, 2**64, 1 << 14, np.uint64)
    return mixed[np.array(numbers, np.int64)]


def jaccard(a: set[int], b: set[int]) -> float:
    return len(a & b) / len(a | b)


@UNTIMED
@given(
    st.lists(ALPHABET, min_size=1, max_size=30),
    st.lists(ALPHABET, min_size=1, max_size=30),
    st.sampled_from([0.5, 0.7, 0.8, 1.0]),
)
def test_similarity_is_that_of_sets(a: list[int], b: list[int], threshold: float) -> None:
    size = table_size(len(a))
    keys, marks, added = np.zeros(size, np.uint64), np.zeros(size, np.int64), np.zeros(size, np.int64)
    n_distinct = build_table(hashes(a), keys, marks)
    assert n_distinct == len(set(a))
    expected = jaccard(set(a), set(b))
    for stamp in (2, 3):  # the first comparison leaves the table as it was
        got = similarity((keys, marks, size, n_distinct), hashes(b), stamp, threshold, added)
        assert got == expected if expected >= threshold else got < threshold


def sketches_of(documents: list[list[int]]) -> NDArray[np.uint8]:
    """Classic MinHash, a permutation a slot."""
    draw = np.random.default_rng(7)
    sketches = np.empty((len(documents), SLOTS), np.uint8)
    for slot in range(SLOTS):
        order = draw.permutation(1 << 14)
        for i, document in enumerate(documents):
            sketches[i, slot] = order[document].min() % 256 if document else 0
    return sketches


def shingled(documents: list[list[int]], width: int, flag: int = 0) -> list[list[int]]:
    offsets = np.cumsum([0, *map(len, documents)], dtype=np.int64)
    units = np.array([4 * x | flag for d in documents for x in d], np.uint32)
    texts = Texts(units, offsets, np.ones(len(documents), np.bool_), width)
    room = room_for(max(map(len, documents), default=0))
    return [room.shingles[0, : fill_shingles(0, i, texts, room)].tolist() for i in range(len(documents))]


@UNTIMED
@given(st.lists(st.lists(st.integers(0, 3), max_size=12), max_size=4), st.integers(1, 5))
def test_shingles_are_equal_where_the_runs_are(documents: list[list[int]], width: int) -> None:
    runs = [[tuple(d[i : i + width]) for i in range(len(d) - width + 1)] for d in documents]
    hashes = shingled(documents, width)
    assert [*map(len, hashes)] == [*map(len, runs)]
    pairs = {pair for r, h in zip(runs, hashes, strict=True) for pair in zip(r, h, strict=True)}
    assert len(pairs) == len({run for run, _ in pairs}) == len({h for _, h in pairs})


def test_the_flag_of_a_line_does_not_count() -> None:
    assert shingled([SAME], 5) == shingled([SAME], 5, LINE)


def numbered(n: int, given_numbers: list[int] | None, default: int | None = None) -> NDArray[np.int64]:
    if given_numbers is not None:
        return np.array(given_numbers, np.int64)
    return np.arange(n) if default is None else np.full(n, default, np.int64)


def nothing_known(n: int) -> Known:
    return Known(np.full(n, -1), Fates(np.zeros(n, np.int64), np.zeros(n, np.uint8), np.zeros(n)))


def texts_of(documents: list[list[int]]) -> Texts:
    offsets = np.cumsum([0, *map(len, documents)], dtype=np.int64)
    at_hand = np.ones(len(documents), np.bool_)
    return Texts(np.array([4 * x for d in documents for x in d], np.uint32), offsets, at_hand, 1)


def settled(members: Members, known: Known, sketches: NDArray[np.uint8], texts: Texts) -> Seen:
    """What is found where units are brought to hand when they are wanted."""
    case = Case(members, known, sketches, texts, 0.8, least_agreeing(0.8, 8))
    seen, room = Seen.nothing(members.component.size), room_for(int(members.n_units.max()))
    is_open = True
    while is_open:
        found, fates = seen.settled.copy(), [column.copy() for column in seen.fates]
        is_open = lead(case, seen, room)
        for now, then in zip(seen.fates, fates, strict=True):
            np.testing.assert_array_equal(now[found], then[found])
        assert is_open == (seen.wanted & ~texts.at_hand).any() == (not seen.settled.all())
        texts.at_hand[:] |= seen.wanted
    return seen


def led(documents: list[list[int]], **same: list[int]) -> tuple[list[int], list[int], list[float], list[int]]:
    n = len(documents)
    members = Members(
        component=numbered(n, same.get("component"), 0),
        text=numbered(n, same.get("text")),
        units=numbered(n, same.get("units"), -1),
        url=numbered(n, same.get("url"), -1),
        source=numbered(n, same.get("source"), 0),
        id=numbered(n, same.get("id")),
        n_units=np.array([*map(len, documents)], np.int64),
        carrier=numbered(n, same.get("carrier")),
    )
    members = members._replace(n_units=members.n_units[members.carrier])
    seen = settled(members, nothing_known(n), sketches_of(documents), texts_of(documents))
    lead_of, reason, similar = (column.tolist() for column in seen.fates)
    return lead_of, reason, similar, seen.counts.tolist()


SAME = list(range(50))
OTHER = list(range(100, 150))


def test_nothing_goes_for_the_sake_of_what_goes() -> None:
    chain = [list(range(i * 8, 100 + i * 8)) for i in range(3)]  # each .85 to the next, .72 to the one after
    leads, reasons, similar, _ = led(chain)
    assert leads == [0, 0, 2]
    assert reasons == [0, NEAR, 0]
    assert similar == [1.0, 92 / 108, 1.0]


def test_components_do_not_meet() -> None:
    assert led([SAME] * 4, component=[0, 0, 2, 2])[0] == [0, 0, 2, 2]


def test_a_text_has_one_fate_and_its_units_are_read_once() -> None:
    near = [*SAME[:48], 60, 61]
    leads, reasons, similar, counts = led([SAME, near, [], []], text=[0, 1, 0, 1], carrier=[0, 1, 0, 1])
    assert leads == [0, 0, 0, 0]
    assert reasons == [0, NEAR, EXACT, NEAR]
    assert similar == [1.0, 48 / 52, 1.0, 48 / 52]
    assert counts == [1, 0]


def test_short_documents_go_for_the_same_units_alone() -> None:
    assert led([SAME, SAME, SAME], units=[1, 1, 2])[:2] == ([0, 0, 2], [0, EXACT, 0])


@pytest.mark.parametrize(
    ("same", "leads", "reasons"),
    [
        ({"url": [1, 1], "source": [0, 1]}, [0, 0], [0, URL]),
        ({"url": [1, 1], "source": [0, 0]}, [0, 1], [0, 0]),
        ({"url": [1, 1], "source": [0, 0], "id": [1, 1]}, [0, 0], [0, URL]),
        ({"url": [1, -1], "source": [0, 1]}, [0, 1], [0, 0]),
        ({"url": [-1, -1], "source": [0, 1], "id": [1, 1]}, [0, 1], [0, 0]),
    ],
    ids=["two sources", "one source", "one id", "only one has a URL", "no URL"],
)
def test_one_page(same: dict[str, list[int]], leads: list[int], reasons: list[int]) -> None:
    assert led([SAME, OTHER], **same)[:2] == (leads, reasons)


def test_an_id_in_another_component_hides_no_page() -> None:
    three = [SAME, OTHER, [*range(200, 250)]]
    leads, reasons, _, _ = led(three, component=[0, 1, 1], id=[2, 2, 2], url=[0, 1, 1])
    assert (leads, reasons) == ([0, 1, 1], [0, 0, URL])


def test_a_text_that_went_for_its_url_can_stay_under_another() -> None:
    leads, reasons, similar, _ = led(
        [OTHER, SAME, [], []], url=[1, 1, 2, 3], source=[0, 1, 1, 1], text=[0, 1, 1, 1], carrier=[0, 1, 1, 1]
    )
    assert leads == [0, 0, 2, 2]
    assert reasons == [0, URL, 0, EXACT]
    assert np.isnan(similar[1])


def test_exact_comparisons_are_capped_in_a_family_of_unlike_members() -> None:
    family = [[*range(700), *range(1000 + 100 * i, 1100 + 100 * i)] for i in range(100)]  # .78 to each other
    leads, _, _, (n_checks, n_capped) = led([*family, *family])
    assert leads == [*range(100), *range(100)]
    assert n_capped > 0
    assert n_checks <= 100 * MOST_CHECKS + 100  # a copy is the likeliest, and checked first


BEST = list(range(200))


def like(n: int) -> list[int]:
    """A document whose last `n` shingles are others than those of BEST."""
    return [*BEST[:-n], *range(1000, 1000 + n)]


@pytest.mark.parametrize(
    ("near", "came", "place", "wanted", "leads"),
    [
        (like(4), like(30), 1, [0, 1], [0, 1, 0]),
        (like(4), like(5), 1, [0, 1], [0, 0, 0]),
        (like(20), like(24), 1, [0, 1, 2], [0, 1, 1]),
        (like(4), like(5), 0, [0, 1, 2], [0, 0, 0]),
        (like(10), [*range(2000, 2010), *BEST[10:]], 0, [0, 1, 2], [0, 0, 0]),
    ],
    ids=[
        "less like than the one kept",
        "goes itself",
        "more like it",
        "better and more like it",
        "only better",
    ],
)
def test_a_near_duplicate_is_held_against_what_could_take_the_place_of_the_one_kept(
    near: list[int], came: list[int], place: int, wanted: list[int], leads: list[int]
) -> None:
    documents = [BEST, near]
    documents.insert(place, came)
    old = [row for row in range(3) if row != place]
    known = nothing_known(3)
    known.component[old] = 0
    known.fates.lead[old], known.fates.reason[old] = old[0], [0, NEAR]
    known.fates.similarity[old] = 1, jaccard(set(BEST), set(near))
    none = np.full(3, -1)
    members = Members(
        np.zeros(3, np.int64), np.arange(3), none, none, none, none, np.full(3, 200), np.arange(3)
    )
    texts = texts_of(documents)
    texts.at_hand[:] = False
    seen = settled(members, known, sketches_of(documents), texts)
    assert seen.fates.lead.tolist() == leads
    assert np.flatnonzero(seen.wanted).tolist() == wanted


def test_a_text_whose_first_went_for_its_url_is_held_against_what_came_after_that() -> None:
    documents = [OTHER, BEST, like(4), []]
    known = nothing_known(4)
    known.component[[0, 1, 3]] = 0
    known.fates.lead[[0, 1, 3]], known.fates.reason[1], known.fates.similarity[:] = [0, 0, 3], URL, 1
    text, url, id_ = np.array([0, 1, 2, 1]), np.array([0, 0, -1, -1]), np.array([0, 1, -1, -1])
    sizes = np.array([len(documents[row]) for row in text])
    members = Members(np.zeros(4, np.int64), text, np.full(4, -1), url, np.arange(4), id_, sizes, text)
    seen = settled(members, known, sketches_of([documents[row] for row in text]), texts_of(documents))
    assert seen.fates.lead.tolist() == [0, 0, 2, 2]


def families(draw: np.random.Generator, n: int, n_families: int) -> list[list[int]]:
    """Documents of some families, of which those of one are about .8 alike."""
    kinds = [*range(n_families)]
    frames = [draw.integers(0, 1 << 13, 160) for _ in kinds]
    tails = [draw.integers(0, 1 << 13, 40) for _ in range(2 + n // 3)]
    documents = []
    for _ in range(n):
        frame, tail = frames[draw.choice(kinds)].copy(), tails[draw.integers(len(tails))]
        frame[draw.integers(0, 160, draw.integers(0, 12))] = draw.integers(0, 1 << 13)
        documents.append([*frame.tolist(), *tail[: draw.integers(0, 41)].tolist()])
    return documents


def classes(draw: np.random.Generator, n: int) -> dict[str, NDArray[np.int64]]:
    """What documents have in common: few share a text, units, a URL, an id."""
    shared = {
        name: np.where(draw.random(n) < 0.2, draw.integers(0, n, n), np.arange(n)) for name in ("text", "id")
    }
    text = shared["text"] = np.array([np.flatnonzero(shared["text"] == one)[0] for one in shared["text"]])
    url = np.where(draw.random(n) < 0.3, draw.integers(0, n, n), -1)
    units = np.where(draw.random(n) < 0.1, draw.integers(0, 3, n), -1)[text]
    return {**shared, "url": url, "units": units, "source": draw.integers(0, 2, n)}


def components_of(
    same: dict[str, NDArray[np.int64]], rows: NDArray[np.int64], draw: np.random.Generator
) -> list[int]:
    """A component for each of some documents: one for those that share something, and for a random half of others."""
    parents = dict.fromkeys(rows.tolist(), -1)
    for row in rows.tolist():
        linked = [
            r
            for r in parents
            if parents[r] >= 0 and any(same[k][r] == same[k][row] != -1 for k in ("text", "units", "url"))
        ]
        linked += [r for r in parents if parents[r] >= 0 and draw.random() < 1 / rows.size]
        roots = {parents[r] for r in linked} | {row}
        parents = {r: min(roots) if root in roots or r == row else root for r, root in parents.items()}
    return list(parents.values())


def members_of(
    documents: list[list[int]],
    same: dict[str, NDArray[np.int64]],
    rows: NDArray[np.int64],
    component: NDArray[np.int64],
) -> Members:
    """The members of components, in this order of rows."""

    def codes(name: str) -> NDArray[np.int64]:
        values = same[name][rows]
        return np.where(values < 0, -1, np.unique(values, return_inverse=True)[1])

    text = codes("text")
    sizes = np.array([len(documents[row]) for row in rows])
    first = np.array([np.flatnonzero(text == one)[0] for one in text])
    return Members(component, text, codes("units"), codes("url"), codes("source"), codes("id"), sizes, first)


@pytest.mark.parametrize(("n", "n_families"), [(12, 1), (40, 1), (40, 3), (200, 1)])
@pytest.mark.parametrize("seed", range(8))
def test_known_fates_are_those_found_again(n: int, n_families: int, seed: int) -> None:
    draw = np.random.default_rng([n, n_families, seed])
    documents, same = families(draw, n, n_families), classes(draw, n)
    documents = [documents[text] for text in same["text"]]
    sketches = sketches_of(documents)
    rows = np.flatnonzero(draw.random(n) < draw.choice([0.5, 0.8, 0.95]))
    then = np.array(components_of(same, rows, draw), np.int64)
    order = np.argsort(then, kind="stable")
    old, then = rows[order], then[order]
    members = members_of(documents, same, old, then)
    before = settled(
        members, nothing_known(old.size), sketches[old], texts_of([documents[i] for i in old])
    ).fates
    known = nothing_known(n)
    known.component[old] = then
    known.fates.lead[old], known.fates.reason[old] = old[before.lead], before.reason
    known.fates.similarity[old] = before.similarity
    members, texts = members_of(documents, same, np.arange(n), np.zeros(n, np.int64)), texts_of(documents)
    expected = settled(members, nothing_known(n), sketches, texts).fates
    texts.at_hand[:] = False
    found = settled(members, known, sketches, texts).fates
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)
