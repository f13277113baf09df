"""What became of every document: what was found out about the touched ones, over what was known before."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.stage import Task
from dedup.columns import Census, read_array, view_array, write_array
from dedup.config import DedupConfig, Reason
from dedup.index import FATE, FATES, Plan
from dedup.passages.spans import read_lost, redirect
from dedup.traits import view_sources

State = dict[str, NDArray[Any]]


def settle(task: Task[DedupConfig]) -> None:
    """Write the state of the index: of each document the one kept for it, the reason, similarity, cluster, and facts.

    `task.arguments["groups"]` names the tasks of verification. Memory: 17 bytes a document.
    """
    plan, census = Plan.of(task), Census.of(task)
    state = _known(task, plan, census)
    for group in task.arguments["groups"]:
        found = read_array(task.folder, f"work/verified/{group}", FATES)
        for name in FATE:
            state[name][found["number"]] = found[name]
    for name, column in state.items():
        write_array(task, f"{plan.new_state}/{name}", column)


def tally(task: Task[DedupConfig]) -> dict[str, Any]:
    """Write which documents are kept for others, `work/keeps`; documents and losses by source.

    Memory: 10 bytes a document.
    """
    plan, census = Plan.of(task), Census.of(task)
    kept, reason = outcomes(task, plan, 0, census.total)
    is_lost, keeps = reason != Reason.KEPT, np.zeros(census.total, np.bool_)
    keeps[kept[is_lost]] = True
    write_array(task, "work/keeps", keeps)
    return {"sources": _losses(task, plan, census, is_lost)}


def outcomes(
    task: Task[Any], plan: Plan, start: int, stop: int
) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    """Of documents `start` up to `stop` the one kept for each and the Reason, repeated passages included."""
    state = plan.new_state
    kept = read_array(task.folder, f"{state}/kept", np.uint32, start, stop)
    reason = read_array(task.folder, f"{state}/reason", np.uint8, start, stop)
    return redirect(kept, reason, *read_lost(task.folder, state))


def _known(task: Task[Any], plan: Plan, census: Census) -> State:
    """The state of the old documents, and of the new ones as if each stood alone."""
    n_old = plan.n_old_documents(census) if plan.state else 0
    state = {name: np.zeros(census.total - n_old, dtype) for name, dtype in FATE.items()}
    state["kept"][:] = state["cluster"][:] = np.arange(n_old, census.total)
    state["similarity"][:] = 1
    if plan.state:
        for name, dtype in FATE.items():
            then = view_array(task.folder, f"{plan.state}/{name}", dtype)
            state[name] = np.concatenate([then, state[name]])
    return state


def _losses(task: Task[Any], plan: Plan, census: Census, lost: NDArray[np.bool_]) -> dict[str, list[int]]:
    """Documents and lost documents of each source."""
    documents, gone = Counter[str](), Counter[str]()
    for name, start, stop in census.spans():
        counts = plan.sketched[name]["sources"]
        documents.update(counts)
        lost_by_source = np.bincount(view_sources(task.folder, name)[lost[start:stop]], minlength=len(counts))
        gone.update(dict(zip(sorted(counts), lost_by_source.tolist(), strict=True)))
    return {source: [documents[source], gone[source]] for source in sorted(documents)}
