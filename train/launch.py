"""Starts the training processes and follows them; they end with the process that started them."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from corpus.engine import die_with_parent
from corpus.errors import StageError
from corpus.manifest import HOUSE
from corpus.progress import LOG_SECONDS
from corpus.stage import WORK
from train.config import TrainConfig
from train.records import PROGRESS

PARENT = "SASTRA_TRAIN_PARENT"
FAULT = re.compile(r"^(?:\[rank\d+\]: ?)?(?:\w+\.)*(\w*(?:Error|Exception): \S.*)$")

logger = logging.getLogger("sastra")


def run_ranks(config: TrainConfig, job: Path, log: Path) -> None:
    """Run the training loop to its end, with all that it prints in a log file.

    Raises StageError, with the first fault that the log shows, if a rank fails.
    """
    environment = {
        **os.environ,
        PARENT: str(os.getpid()),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(HOUSE), os.environ.get("PYTHONPATH")])),
        "OMP_NUM_THREADS": str(config.threads),
        "GLOO_SOCKET_IFNAME": "lo",
    }
    log.parent.mkdir(parents=True, exist_ok=True)
    with (
        log.open("w", encoding="utf-8") as file,
        subprocess.Popen(
            command(config, job), env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process,
    ):
        assert process.stdout is not None
        fault = _follow(process.stdout, file)
    if process.returncode:
        what = fault or f"a rank ended with code {process.returncode}"
        raise StageError(f"train: {what}; all that the ranks said is in {log}. Try: the same command goes on")


def command(config: TrainConfig, job: Path) -> list[str]:
    """The command line of the training processes."""
    loop = ["-m", "train.loop", str(job)]
    if config.backend == "plain":
        return [sys.executable, *loop]
    # A rendezvous on a port of the agent's own choosing: none to be taken by others in between.
    rendezvous = ["--standalone", "--local-addr", "127.0.0.1", "--nproc-per-node", str(config.ranks)]
    scratch = ["--log-dir", str(job.parent / WORK / "torchrun")]
    return [sys.executable, "-m", "train.launch", *rendezvous, *scratch, *loop]


def _follow(output: Iterator[str], log: TextIO) -> str:
    """Write lines to the log as they come and show the progress among them; the first fault they tell of."""
    fault, logged = "", time.monotonic()
    for line in output:
        log.write(line)
        if line.startswith(PROGRESS):
            text = f"train: {line.removeprefix(PROGRESS).strip()}"
            if sys.stderr.isatty():
                sys.stderr.write(f"\r\x1b[K{text}")
                sys.stderr.flush()
            if time.monotonic() - logged >= LOG_SECONDS:
                logged = time.monotonic()
                logger.info(text)
        elif found := FAULT.match(line):
            fault = fault or found[1]
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
    return fault


def end_with_parent() -> None:
    """Let this process end when the one that started it ends; a rank that Slurm or a user starts is left alone."""
    parent = os.environ.get(PARENT)
    if parent is None:
        return
    die_with_parent()
    if os.getppid() != int(parent):  # it ended before the kernel was told
        sys.exit(1)
    os.environ[PARENT] = str(os.getpid())


def main() -> None:
    """Be torchrun, with its arguments."""
    end_with_parent()
    from torch.distributed.run import main as torchrun  # the stage itself starts without torch

    torchrun(sys.argv[1:])


if __name__ == "__main__":
    main()
