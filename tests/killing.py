"""Kill a stage's whole process group at random moments until it finishes, and compare every byte.

`python -m tests.killing KILLS STAGE MODULE WORD…` holds runs/<run>/<stage>, finished before, against a copy of the run
in which that stage is made again under KILLS kills; the words are the stage's own.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[1]
UNCOMPARED = {".lock", "timings.jsonl"}  # empty, and times of day


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a finished stage by its path, but for what is not a function of the input."""
    files = (p for p in sorted(folder.rglob("*")) if p.is_file() and p.name not in UNCOMPARED)
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def killed_until_done(module: str, words: Sequence[str], n_kills: int, seconds: float) -> int:
    """Run `python -m module words`, killed `n_kills` times at random moments spread over `seconds`, then to its end.

    The number of kills that hit it at work; raises if the last run fails.
    """
    command, moments, n_hit = [sys.executable, "-m", module, *words], random.Random(len(module)), 0
    for _ in range(n_kills):
        process = subprocess.Popen(command, cwd=HOUSE, start_new_session=True, stdout=subprocess.DEVNULL)
        try:
            process.wait(timeout=moments.uniform(0.3, max(1.0, 2 * seconds / n_kills)))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            n_hit += 1
        process.wait()
    subprocess.run(command, cwd=HOUSE, check=True, stdout=subprocess.DEVNULL)
    return n_hit


def differing(stage: Path, again: Path) -> list[str]:
    """The paths whose bytes differ, or that only one of the two has."""
    one, other = contents(stage), contents(again)
    return sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))


def copy_upstream(run: Path, copy: Path, stage: str) -> None:
    """A copy of a run without one stage, with the times of its files."""
    for folder in sorted(run.iterdir()):
        if folder.name not in (stage, "logs"):
            shutil.copytree(folder, copy / folder.name, copy_function=shutil.copy2)


def main() -> None:
    """Measure the time of one run, then kill others all through it."""
    n_kills, stage, module, *words = sys.argv[1:]
    run = Path("runs") / next(word.partition("=")[2] for word in words if word.startswith("run="))
    copy = Path("runs") / f"{run.name}-killed"
    shutil.rmtree(copy, ignore_errors=True)
    copy_upstream(run, copy, stage)
    words = [f"run={copy.name}" if word.startswith("run=") else word for word in words]
    started = time.monotonic()
    subprocess.run([sys.executable, "-m", module, *words], cwd=HOUSE, check=True, stdout=subprocess.DEVNULL)
    seconds = time.monotonic() - started
    first = differing(run / stage, copy / stage)
    shutil.rmtree(copy / stage)
    n_hit = killed_until_done(module, words, int(n_kills), seconds)
    after = differing(run / stage, copy / stage)
    sys.stdout.write(
        f"{stage}: {seconds:.0f} s undisturbed; {n_hit} of {n_kills} kills hit; "
        f"{len(contents(run / stage))} files, {len(first)} differ undisturbed, {len(after)} after kills {after[:5]}\n"
    )
    shutil.rmtree(copy)
    sys.exit(1 if after else 0)


if __name__ == "__main__":
    main()
