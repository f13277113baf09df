"""Components of documents that may resemble each other, dealt into groups, and each group's documents brought together.

Each shard writes what is known of its members of components, group by group, and a group's task reads its part of
every shard; the units it reads where they stand, as they are many.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus.stage import Task
from dedup.columns import Census, read_array, read_columns, view_array, write_array
from dedup.config import DedupConfig
from dedup.index import COMPONENT, Plan, entry
from dedup.leader import MOST_KEPT
from dedup.sketch_kernels import SLOTS
from dedup.traits import NUMBERS, TRAITS, view_numbers
from dedup.trees import Integers, Numbers, flatten, join_pairs

TASK_MEMBERS: Final = 1 << 14  # brought together by one task at the least: a twentieth of a second
GROUP_UNITS: Final = 16 << 20  # of a component, before it is cut
LEAST_GROUP: Final = 4 << 20  # units that a task of verification holds at the least: 16 MB
MOST_GROUPS: Final = 64  # unless components are heavier
KNOWN_UNITS: Final = 8  # of a document whose fate is known weigh as one, as few such are compared


def find_components(task: Task[DedupConfig]) -> dict[str, Any]:
    """Write the members of all components of two and more that hold a new document, by number, and their groups.

    Fresh are those whose fate is found without knowing what it was.

    `task.arguments["joined"]` names the tasks of `join_bands`. Memory: 30 bytes a document.
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
    traits = _read_traits(task, census, members)
    carrier = carriers(roots, traits)
    carries = carrier == np.arange(members.size)
    fresh = (members >= n_old) | _is_capped(roots, traits[:, 0] * carries)
    traits[~fresh, 0] //= KNOWN_UNITS
    groups = np.zeros(members.size, np.uint32)
    groups[carries] = deal(roots[carries], traits[carries], GROUP_UNITS)
    groups = groups[carrier]
    columns = {"number": members, "root": roots, "group": groups, "fresh": fresh, "carries": carries & fresh}
    for name, column in columns.items():
        write_array(task, f"work/members/{name}", column)
    return {
        "groups": int(groups.max()) + 1 if groups.size else 0,
        "shards": deal_shards(census, members),
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


def _read_traits(task: Task[Any], census: Census, members: Numbers) -> NDArray[np.uint64]:
    """`(n, 4)`: each member's number of units, preference, and text key in two parts."""
    columns = [NUMBERS.index(name) for name in ("n_units", "preference", "text_key", "text_check")]

    def read(name: str, rows: Integers) -> NDArray[Any]:
        return view_numbers(task.folder, name)[rows][:, columns]

    return census.gather(members, np.empty((0, 4), np.uint64), read)


def carriers(roots: Numbers, traits: NDArray[np.uint64]) -> Integers:
    """For each member the preferred one of its component with the same text, whose units are read for all of them."""
    order = np.lexsort((~traits[:, 1], traits[:, 3], traits[:, 2], roots))
    same = np.ones(order.size, np.bool_)
    for column in (roots, traits[:, 2], traits[:, 3]):
        same &= np.append(False, column[order][1:] == column[order][:-1])[: order.size]
    carrier = np.empty(order.size, np.int64)
    carrier[order] = order[np.maximum.accumulate(np.where(same, 0, np.arange(order.size)))]
    return carrier


def _is_capped(roots: Numbers, units: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Whether each member's component is so large that what becomes of it depends on more than those it resembles."""
    _, component, sizes = np.unique(roots, return_inverse=True, return_counts=True)
    weights = np.bincount(component, units, sizes.size)
    return np.asarray(((sizes > MOST_KEPT) | (weights > GROUP_UNITS))[component])


def deal(roots: Numbers, weighed: NDArray[np.uint64], limit: int) -> Numbers:
    """A group for each member: whole components of LEAST_GROUP units or a part of all, in the order of their roots.

    A component heavier than `limit` is cut, by preference, into groups of its own. The first columns of `weighed` are
    units, preference and a hash of the text, which decides between equal ones.
    """
    units = weighed[:, 0].astype(np.int64)
    enough = min(max(int(units.sum()) // MOST_GROUPS, LEAST_GROUP), limit)
    order = np.lexsort((weighed[:, 2], ~weighed[:, 1], roots))
    starts = np.flatnonzero(np.diff(roots[order].astype(np.int64), prepend=-1))
    weights = np.add.reduceat(units[order], starts) if starts.size else units
    sizes = np.diff(np.append(starts, roots.size))
    first_groups, group, held = [], 0, 0
    for weight in weights.tolist():
        if held and held + weight > enough:
            group, held = group + 1, 0
        first_groups.append(group)
        group, held = group + max(weight - 1, 0) // limit, held + weight
    dealt = np.repeat(np.array(first_groups, np.int64), sizes)
    reached = np.cumsum(units[order]) - np.repeat(np.cumsum(weights) - weights, sizes)
    dealt += np.maximum(reached - 1, 0) // limit * np.repeat(weights > limit, sizes)
    groups = np.empty(roots.size, np.uint32)
    groups[order] = dealt
    return groups


def deal_shards(census: Census, members: Numbers) -> list[list[str]]:
    """Shards for each task of `gather`: several where few documents are wanted, as a file costs more than these."""
    dealt: list[list[str]] = []
    held = TASK_MEMBERS
    for name, _, part in census.parts(members):
        if held >= TASK_MEMBERS:
            dealt.append([])
            held = 0
        dealt[-1].append(name)
        held += part.stop - part.start
    return dealt


def gather_shards(task: Task[DedupConfig]) -> dict[str, Any]:
    """Write what is known of some shards' members, a batch a group: their traits, number, root and sketch."""
    census = Census.of(task)
    numbers = read_array(task.folder, "work/members/number", np.uint32)
    found = []
    with task.create(f"work/gathered/{task.name}") as file, pa.ipc.new_file(file, MEMBERS) as writer:
        for name, start, part in census.parts(numbers):
            if name in task.arguments["shards"]:
                found += _gather(task, name, start, part, writer)
    return {"groups": found}


def _gather(task: Task[DedupConfig], name: str, start: int, part: slice, writer: Any) -> list[int]:
    """Write the members in one shard; the group of each batch."""
    told = {
        column: read_array(task.folder, f"work/members/{column}", dtype, part.start, part.stop)
        for column, dtype in _TOLD.items()
    }
    groups = read_array(task.folder, "work/members/group", np.uint32, part.start, part.stop)
    order = np.argsort(groups, kind="stable")
    members = _members_of(task, name, start, {column: values[order] for column, values in told.items()})
    bounds = [0, *(np.flatnonzero(np.diff(groups[order])) + 1).tolist(), groups.size]
    for a, b in pairwise(bounds):
        writer.write_table(members.slice(a, b - a))
    return [int(groups[order[a]]) for a, _ in pairwise(bounds)]


_TOLD: Final = {"number": np.uint32, "root": np.uint32, "fresh": np.bool_, "carries": np.bool_}
MEMBERS: Final = pa.schema(
    [
        ("number", pa.uint32()),
        ("root", pa.uint32()),
        ("fresh", pa.bool_()),
        ("carries", pa.bool_()),  # its units are needed from the start
        *TRAITS,
        ("sketch", pa.binary(SLOTS)),
    ]
)


def _members_of(task: Task[Any], name: str, start: int, told: dict[str, NDArray[Any]]) -> pa.Table:
    """Documents of a shard as MEMBERS, by the columns that are not in the index."""
    rows = told["number"].astype(np.int64) - start
    traits = read_columns(task.folder, f"{entry(name)}/traits.arrow", TRAITS.names).take(pa.array(rows))
    sketches = view_array(task.folder, f"{entry(name)}/sketches", np.uint8).reshape(-1, SLOTS)
    slots = pa.py_buffer(np.ascontiguousarray(sketches[rows]))
    columns = {column: pa.array(values) for column, values in told.items()}
    columns["sketch"] = pa.Array.from_buffers(pa.binary(SLOTS), rows.size, [None, slots])
    columns |= {column: traits[column] for column in TRAITS.names}
    return pa.table([columns[column] for column in MEMBERS.names], MEMBERS).combine_chunks()
