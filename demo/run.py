"""The whole pipeline, stage by stage, on the embedded web or on a folder of real input."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from demo.replay import Replay
from demo.server import serving
from demo.web import SEEDS, build_web

CONTACT = "mailto:demo@khmer.test"
REPLAYED = "web/*.warc.gz"
BENCHMARKS = "eval/*.jsonl.zst"
STAGES = ("crawl", "crawl.ingest", "clean", "dedup", "tokenizer", "train", "report")
LATER_STAGES = STAGES[2:]


def run_stage(module: str, options: Sequence[str]) -> None:
    """Run one stage's command; its failure ends this process with the same exit code."""
    finished = subprocess.run([sys.executable, "-m", module, *options], check=False)
    if finished.returncode:
        sys.exit(finished.returncode)


def crawl_options(address: str) -> list[str]:
    """How the crawl finds the embedded web, served at `address`, and nothing else."""
    return [
        f"contact={CONTACT}",
        f"seeds=[{','.join(SEEDS)}]",
        "hosts=['*.khmer.test']",
        f"resolve=['*.khmer.test={address}']",
        "only_resolved=true",
        "delay=0",
        "retry_wait=0.05",
        "patience=10",
    ]


def run_demo(options: Sequence[str], stages: Sequence[str] = STAGES) -> None:
    """Serve the embedded web, crawl it, and take the pages through the stages."""
    with serving(build_web()) as address:
        run_stage("crawl", [*options, *crawl_options(address)])
    for module in stages[1:]:
        own = ["sources=[{name:crawl,kind:crawl}]"] if module == "crawl.ingest" else []
        run_stage(module, [*options, *own])


def run_real(data: Path, options: Sequence[str]) -> None:
    """Crawl the WARC files of a folder, replayed as a web, and take them and its corpora through the stages."""
    replay = Replay(sorted(data.glob(REPLAYED)))
    with serving(replay) as address:
        run_stage("crawl", [*options, *replay_options(replay, address)])
    run_stage("crawl.ingest", [*options, f"data={data}", "sources=[{name:crawl,kind:crawl}]"])
    for module in LATER_STAGES:
        run_stage(module, [*options, *(benchmark_options(data) if module == "clean" else [])])


def benchmark_options(data: Path) -> list[str]:
    """The files of the folder that hold benchmarks, which no document may hold items of."""
    files = ",".join(f"{{path: '{path}', fields: [text]}}" for path in sorted(data.glob(BENCHMARKS)))
    return [f"benchmarks=[{files}]"]


def replay_options(replay: Replay, address: str) -> list[str]:
    """How the crawl finds the replayed hosts, served at `address`, and all that is stored of them, but nothing else."""
    return [
        f"contact={CONTACT}",
        f"seeds=[{','.join(replay.seeds)}]",
        f"resolve=['*={address}']",
        "only_resolved=true",
        "max_depth=1",
        "delay=0",
        "max_crawl_delay=0",
        "retry_wait=0.05",
        "patience=10",
    ]
