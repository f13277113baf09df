"""Components of documents that may resemble each other, dealt into groups, and each group's documents brought together.

What is known of members of components is written group by group by tasks that read a few shards each, and a group's
task reads its part of every file; the units it reads where they stand, as they are many.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus.stage import Task
from dedup.columns import Census, read_array, view_array, write_array
from dedup.config import DedupConfig
from dedup.index import COMPONENT, Plan, entry
from dedup.leader import MOST_KEPT
from dedup.sketch_kernels import SLOTS
from dedup.traits import NUMBERS, view_ids, view_numbers, view_sources
from dedup.trees import (
    Integers,
    Numbers,
    fill_carriers,
    fill_first_groups,
    flatten,
    join_pairs,
    sort_by_key,
)

TASK_MEMBERS: Final = 1 << 16  # brought together by one task at the least: a twentieth of a second, 15 MB
GROUP_UNITS: Final = 16 << 20  # of a component, before it is cut
LEAST_GROUP: Final = 4 << 20  # units that a task of verification holds at the least: 16 MB
MOST_GROUPS: Final = 64  # unless they would hold more than GROUP_UNITS
KNOWN_UNITS: Final = 8  # of a document whose fate is known weigh as one, as few such are compared

_TOLD: Final = (("number", "u4"), ("root", "u4"), ("fresh", "?"), ("carries", "?"))
_FOUND: Final = np.dtype([*_TOLD, ("group", "u4")])
_KNOWN: Final = tuple(zip(NUMBERS, ("u8", "u4", "i8", "u8", "u8", "u8", "u8", "i8"), strict=True))
_WORTH: Final = [NUMBERS.index(name) for name in ("n_units", "preference", "text_key", "text_check")]
_KEY_SHIFT: Final = np.uint64(32)
_LAST_NUMBER: Final = np.uint64(0xFFFFFFFF)

Worth = NDArray[np.uint64]  # (n, 4): units, preference, and a hash of the text in two parts


def find_components(task: Task[DedupConfig]) -> dict[str, Any]:
    """Write the members of all components of two and more that hold a new document, by number, and their groups.

    Fresh are those whose fate is found without knowing what it was. `task.arguments["joined"]` names the tasks of
    `join_bands`. Memory: 20 bytes a document, or 9 and 120 a member.
    """
    plan, census = Plan.of(task), Census.of(task)
    parents = _trees(task, plan, census)
    write_array(task, f"{plan.new_state}/{COMPONENT}", parents)
    n_old = plan.n_old_documents(census)
    sizes = np.bincount(parents, minlength=1).astype(np.uint32)
    touched = np.zeros(sizes.size, np.bool_)
    touched[parents[n_old:]] = True
    touched &= sizes > 1
    members = np.flatnonzero(touched[parents]).astype(np.uint32)
    roots = parents[members]
    worth = _read_worth(task, census, members)
    order = best_first(roots, worth)
    carrier = carriers(order, roots, worth)
    carries = carrier == np.arange(members.size)
    fresh = (members >= n_old) | _is_capped(order, roots, worth[:, 0] * carries)
    weights = np.where(fresh, worth[:, 0], worth[:, 0] // np.uint64(KNOWN_UNITS)).astype(np.int64)
    carrying, groups = order[carries[order]], np.empty(members.size, np.uint32)
    groups[carrying] = deal(roots[carrying], weights[carrying], GROUP_UNITS)
    found = np.empty(members.size, _FOUND)
    found["number"], found["root"], found["group"] = members, roots, groups[carrier]
    found["fresh"], found["carries"] = fresh, carries & fresh
    write_array(task, "work/members", found)
    return {
        "groups": int(groups[carrying].max()) + 1 if carrying.size else 0,
        "dealt": deal_members(census, members),
        "components": int(touched.sum()),
        "largest": int(sizes[touched].max(initial=0)),
    }


def _trees(task: Task[DedupConfig], plan: Plan, census: Census) -> Numbers:
    parents = np.arange(census.total, dtype=np.uint32)
    if plan.state:
        parents[: plan.n_old_documents(census)] = read_array(
            task.folder, f"{plan.state}/{COMPONENT}", np.uint32
        )
    for name in task.arguments["joined"]:
        join_pairs(read_array(task.folder, f"work/joined/{name}", np.uint32).reshape(-1, 2), parents)
    flatten(parents)
    return parents


def _read_worth(task: Task[Any], census: Census, members: Numbers) -> Worth:
    def read(name: str, rows: Integers) -> Worth:
        return view_numbers(task.folder, name)[rows][:, _WORTH]

    return census.gather(members, np.empty((0, len(_WORTH)), np.uint64), read)


def best_first(roots: Numbers, worth: Worth) -> Integers:
    """The rows of each component together, the preferred first; of equal ones that of the lesser hash, then number."""
    preference = worth[:, 1]
    order = np.argsort(~preference)
    entries = roots[order].astype(np.uint64) << _KEY_SHIFT | order.astype(np.uint64)
    order = np.asarray(sort_by_key(entries) & _LAST_NUMBER, np.int64)
    same = (np.diff(roots[order]) == 0) & (np.diff(preference[order]) == 0)
    (tied,) = np.nonzero(np.append(same, False) | np.append(False, same))
    rows = order[tied]
    order[tied] = rows[np.lexsort((rows, worth[rows, 2], ~preference[rows], roots[rows]))]
    return order


def carriers(order: Integers, roots: Numbers, worth: Worth) -> Integers:
    """For each member the first of its component with the same text, whose units are read for all of them."""
    carrier = np.empty(order.size, np.int64)
    fill_carriers(order, roots, worth[:, 2:].copy(), carrier)
    return carrier


def _bounds(roots: Numbers) -> tuple[Integers, Integers]:
    """Where the components of members in order begin, and how many members each has."""
    starts = np.flatnonzero(np.diff(roots.astype(np.int64), prepend=-1))
    return starts, np.diff(np.append(starts, roots.size))


def _is_capped(order: Integers, roots: Numbers, units: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Whether each member's component is so large that what becomes of it depends on more than those it resembles."""
    starts, sizes = _bounds(roots[order])
    weights = np.add.reduceat(units[order], starts) if starts.size else units
    capped = np.empty(order.size, np.bool_)
    capped[order] = np.repeat((sizes > MOST_KEPT) | (weights > GROUP_UNITS), sizes)
    return capped


def deal(roots: Numbers, units: Integers, limit: int) -> Integers:
    """A group for each member, in order: of whole components with LEAST_GROUP units, or a part of all.

    A component heavier than `limit` is cut into groups of its own. Members of a component stand together. No group is
    empty, however heavy a member is.
    """
    enough = min(max(int(units.sum()) // MOST_GROUPS, LEAST_GROUP), limit)
    starts, sizes = _bounds(roots)
    weights = np.add.reduceat(units, starts) if starts.size else units
    groups = np.empty(starts.size, np.int64)
    fill_first_groups(weights, enough, limit, groups)
    reached = np.cumsum(units) - np.repeat(np.cumsum(weights) - weights, sizes)
    further = np.maximum(reached - 1, 0) // limit * np.repeat(weights > limit, sizes)
    dealt = np.repeat(groups, sizes) + further
    return np.asarray(np.cumsum(np.diff(dealt, prepend=dealt[:1]) > 0))


def deal_members(census: Census, members: Numbers) -> list[tuple[int, int]]:
    """Members of several shards for each task of `gather_members`, from and up to: a file costs more than a few."""
    dealt: list[tuple[int, int]] = []
    for _, _, part in census.parts(members):
        if not dealt or dealt[-1][1] - dealt[-1][0] >= TASK_MEMBERS:
            dealt.append((part.start, part.stop))
        dealt[-1] = dealt[-1][0], part.stop
    return dealt


def gather_members(task: Task[DedupConfig]) -> dict[str, Any]:
    """Write what is known of members, `task.arguments["members"]` from and up to, group by group.

    Returns these groups and the number of members in each.
    """
    plan, census = Plan.of(task), Census.of(task)
    found = read_array(task.folder, "work/members", _FOUND, *task.arguments["members"])
    numbers, told = found["number"].copy(), np.zeros(found.size, _told(plan))
    for name, _ in _TOLD:
        told[name] = found[name]
    sources = sorted({source for facts in plan.sketched.values() for source in facts["sources"]})
    place_of = {source: place for place, source in enumerate(sources)}
    for shard, start, part in census.parts(numbers):
        _tell(task, shard, numbers[part].astype(np.int64) - start, told[part])
        places = np.array([place_of[source] for source in plan.sketched[shard]["sources"]], np.uint32)
        told["source"][part] = places[told["source"][part]]
    rows = told.view((np.void, told.itemsize))  # numpy takes records field by field
    write_array(task, f"work/gathered/{task.name}", rows[np.argsort(found["group"], kind="stable")])
    groups, counts = np.unique(found["group"], return_counts=True)
    return {"groups": groups.tolist(), "counts": counts.tolist()}


def _told(plan: Plan) -> np.dtype[Any]:
    """What is written of a member: the source is the place of its source among all, ids end in zeros."""
    id_bytes = max(facts["id_bytes"] for facts in plan.sketched.values())
    return np.dtype(
        [*_TOLD, *_KNOWN, ("source", "u4"), ("id", "u1", (id_bytes,)), ("sketch", "u1", (SLOTS,))]
    )


def _tell(task: Task[Any], shard: str, rows: Integers, told: NDArray[Any]) -> None:
    """Fill in what the index knows of documents of a shard; of the source, its place among the shard's."""
    known = view_numbers(task.folder, shard)
    for place, (name, _) in enumerate(_KNOWN):
        told[name] = known[rows, place]
    told["source"] = view_sources(task.folder, shard)[rows]
    ids = view_ids(task.folder, shard, len(known))
    told["id"][:, : ids.shape[1]] = ids[rows]
    told["sketch"] = view_array(task.folder, f"{entry(shard)}/sketches", np.uint8).reshape(-1, SLOTS)[rows]


def read_members(task: Task[Any], parts: Sequence[tuple[str, int, int]]) -> pa.Table:
    """Of members that tasks of `gather_members` have written, those from one place up to another.

    The columns are number, root, fresh, carries (its units are needed from the start), NUMBERS, source and
    id as numbers and bytes that are equal for equal ones, ids in their order, and sketch.
    """
    kind, folder = _told(Plan.of(task)), "work/gathered"
    told = np.concatenate([read_array(task.folder, f"{folder}/{name}", kind, a, b) for name, a, b in parts])
    return pa.table({name: _column(np.ascontiguousarray(told[name])) for name in kind.names or ()})


def _column(values: NDArray[Any]) -> pa.Array:
    """Numbers, or strings of one length, `(n, bytes)`."""
    if values.ndim == 1:
        return pa.array(values)
    width = pa.binary(values.shape[1])
    return pa.Array.from_buffers(width, len(values), [None, pa.py_buffer(values)])
