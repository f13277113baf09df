"""Exact Jaccard similarity of documents, and with it who stays in a component."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.stage import Task
from dedup.bands import least_agreeing
from dedup.columns import Census, open_array, read_array, read_columns, read_range, write_array
from dedup.config import DedupConfig
from dedup.kernels import SLOTS, Integers, Numbers, lead
from dedup.sketch import shingle


def read_units(task: Task[Any], census: Census, numbers: NDArray[np.int64]) -> tuple[Integers, Numbers]:
    """The units of these documents one after another, read by range: offsets `(n + 1,)` and units."""
    order = np.argsort(numbers)
    lengths, found = np.empty(numbers.size, np.int64), []
    for name, start, part in census.parts(numbers[order]):
        counts = read_columns(task.folder, f"work/traits/{name}", ["n_units"])["n_units"].to_numpy()
        rows = numbers[order[part]] - start
        lengths[order[part]] = counts[rows]
        found.append((name, order[part], (np.cumsum(counts) - counts)[rows]))
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    units = np.empty(offsets[-1], np.uint32)
    for name, places, firsts in found:
        with open_array(task.folder, f"work/units/{name}") as file:
            for place, first in zip(places.tolist(), firsts.tolist(), strict=True):
                start, stop = offsets[place : place + 2].tolist()
                units[start:stop] = read_range(file, np.uint32, first, stop - start)
    return offsets, units


def verify_group(task: Task[DedupConfig]) -> dict[str, int]:
    """Write for each member of a group of components the document kept for it (uint32) and the similarity."""
    start, stop = task.arguments["start"], task.arguments["stop"]
    members = read_array(task.folder, "work/components/members", np.uint32, start, stop).astype(np.int64)
    components = read_array(task.folder, "work/components/component", np.uint32, start, stop)
    sketches = read_array(task.folder, "work/components/sketches", np.uint8, start * SLOTS, stop * SLOTS)
    offsets, units = read_units(task, Census.of(task), members)
    starts, shingles = shingle(units, offsets, task.config.shingle_units)
    threshold = task.config.threshold
    lead_of, similar, counts = lead(
        components, sketches.reshape(-1, SLOTS), starts, shingles, (threshold, least_agreeing(threshold))
    )
    write_array(task, f"work/verified/{task.name}.kept", members[lead_of].astype(np.uint32))
    write_array(task, f"work/verified/{task.name}.similarity", similar)
    return {"checks": int(counts[0]), "capped": int(counts[1])}
