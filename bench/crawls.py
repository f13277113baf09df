"""Crawls in a process of their own, whose CPU time, memory and open files are watched."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LOOK_SECONDS: Final = 0.05
CONTACT: Final = "contact=mailto:bench@example.org"


@dataclass
class Watched:
    """What a process took: CPU seconds with those of its children, its peak memory, the most files it had open."""

    code: int = 0
    cpu_seconds: float = 0
    wall_seconds: float = 0
    peak_bytes: int = 0
    open_files: int = 0
    said: str = ""

    def look(self, process: int) -> None:
        """Take in what the kernel says of it now; its peak of memory is the kernel's, so none is missed between."""
        try:
            status = Path(f"/proc/{process}/status").read_text()
            files = len(os.listdir(f"/proc/{process}/fd"))  # noqa: PTH208 (half the cost)
        except OSError:
            return
        peak = next((line for line in status.splitlines() if line.startswith("VmHWM")), "")
        if peak:  # a process that has ended and is not yet waited for has none
            self.peak_bytes = max(self.peak_bytes, 1024 * int(peak.split()[1]))
            self.open_files = max(self.open_files, files)


def crawl_command(runs: Path, run: str, *words: str, module: Sequence[str] = ("crawl",)) -> list[str]:
    """The command line of a crawl, by a module with its own words in front of the crawl's."""
    where = [f"runs={runs}", f"run={run}", CONTACT, "only_resolved=true"]
    return [sys.executable, "-m", *module, *where, *words]


def watch(command: Sequence[str], until: Callable[[float], bool] = lambda _seconds: False) -> Watched:
    """Run a command to its end, or until a function of the seconds since its start says to kill it with SIGKILL."""
    watched, started = Watched(), time.monotonic()
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said, start_new_session=True)
        while True:
            watched.look(process.pid)
            ended, status, used = os.wait4(process.pid, os.WNOHANG)
            if ended:
                break
            if until(time.monotonic() - started):
                os.killpg(process.pid, signal.SIGKILL)
            time.sleep(LOOK_SECONDS)
        said.seek(0)
        watched.said = said.read()
    process.returncode = watched.code = os.waitstatus_to_exitcode(status)
    watched.wall_seconds = time.monotonic() - started
    watched.cpu_seconds = used.ru_utime + used.ru_stime
    return watched
