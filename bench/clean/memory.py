"""The most memory that a worker of the cleaning stage takes, over inputs made to take more.

A worker is a process with the child in which it reads pages: what they hold together at one time, sampled, or the
peak of the larger one. Each input goes through ingest, whose limits are raised so that it gets past, and is cleaned
in a run of its own.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench.hostile import PAGES, TEXTS, write_page, write_text
from bench.rows import Row, measured
from corpus.manifest import Manifest
from corpus.paths import Folder

POLL_SECONDS = 0.02
LIMITS = ("max_line_bytes=1000000000", "max_body_bytes=100000000")


class Cleaned(NamedTuple):
    """What cleaning one input took, and what became of it."""

    gigabytes: float
    n_lost: int  # documents that the ledger does not account for
    fate: str


def rows() -> Iterator[Row]:
    """The peak of a worker in GB, for each input and over all; the documents that the ledger does not account for."""
    peaks, n_lost = [], 0
    for name in (*TEXTS, *PAGES):
        cleaned = clean(name)
        peaks.append(cleaned.gigabytes)
        n_lost += cleaned.n_lost
        yield measured(f"clean.memory_{name}", cleaned.gigabytes, f"GB, {cleaned.fate}")
    yield measured("clean.memory", max(peaks), "GB")
    yield measured("clean.memory_lost", n_lost, f"of {len(peaks)} documents")


def clean(name: str) -> Cleaned:
    """Ingest and clean the input of a name, in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        source = random.Random(5)
        is_page = name in PAGES
        path = Path(folder) / ("input.warc" if is_page else "input.parquet")
        if is_page:
            write_page(path, PAGES[name](source))
        else:
            write_text(path, TEXTS[name](source))
        kind = "warc" if is_page else "parquet"
        where = ("run=hostile", f"runs={folder}", "workers=1")
        sources = f"sources=[{{name: hostile, kind: {kind}, path: '{path}', licence: CC0-1.0}}]"
        _watched("crawl.ingest", *where, sources, *LIMITS)
        peak = _watched("clean", *where)
        return Cleaned(peak / 1e9, *_fate(f"{folder}/hostile/clean"))


def _fate(folder: str) -> tuple[int, str]:
    manifest = Manifest.load(Folder(folder))
    assert manifest is not None
    books = manifest.books()
    n_kept, n_dropped = (books.total(fate).documents for fate in ("kept", "dropped"))
    reasons = sorted({reason for (_, fate, reason) in books.amounts if fate == "dropped"})
    told = f"dropped as {', '.join(reasons)}" if n_dropped else "kept"
    return 1 - n_kept - n_dropped, told


def _watched(module: str, *words: str) -> int:
    """Run a stage in one worker; the peak of its resident bytes."""
    command = [sys.executable, "-m", module, *words]
    peak = 0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as stage:
        while stage.poll() is None:
            family = [_resident(pid) for pid in _family(stage.pid)]
            peak = max(peak, sum(now for now, _ in family), *(highest for _, highest in family))
            time.sleep(POLL_SECONDS)
        assert stage.stderr is not None
        if stage.returncode:
            raise RuntimeError(stage.stderr.read().decode())
    return peak


def _family(pid: int) -> list[int]:
    """A process and all that it started, and they."""
    found, parents = [pid], _parents()
    for child, parent in sorted(parents.items()):
        if parent in found:
            found.append(child)
    return found


def _parents() -> dict[int, int]:
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue  # it has ended
    return parents


def _resident(pid: int) -> tuple[int, int]:
    """The resident bytes of a process now, and at their highest."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0, 0
    fields = dict(line.split(":", 1) for line in lines if line.startswith(("VmRSS", "VmHWM")))
    now, highest = (1024 * int(fields.get(name, "0 kB").split()[0]) for name in ("VmRSS", "VmHWM"))
    return now, highest
