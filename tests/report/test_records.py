"""Shards that are not as they were written: one line that names the file and what to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from corpus.cli import main
from report import explain
from report.stage import STAGE


def halve(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def zero(part: slice) -> Callable[[Path], None]:
    """Zeros in place of some bytes; the size stays."""

    def damage(path: Path) -> None:
        data = bytearray(path.read_bytes())
        data[part] = bytes(len(data[part]))
        path.write_bytes(data)

    return damage


def report(words: Sequence[str]) -> None:
    main(STAGE, [*words, "workers=1"])


def story(words: Sequence[str]) -> None:
    explain.main([*words, "url=https://news1.example.kh/article/1"])


CLUSTERS, KEPT = "dedup/clusters/part-00000.parquet", "dedup/documents/part-00000.parquet"
ATTRIBUTES, METRICS = "clean/attributes/part-00000.parquet", "train/metrics.jsonl"
DAMAGE = [
    (report, CLUSTERS, Path.unlink, "(missing). Try: make dedup RUN=toy"),
    (report, METRICS, Path.unlink, "(missing). Try: make train RUN=toy"),
    (report, KEPT, halve, " bytes). Try: make dedup RUN=toy"),
    (report, KEPT, zero(slice(-8, None)), "Try: delete it and run the stage"),
    (report, CLUSTERS, zero(slice(4, 2000)), "Try: delete it and run the stage"),
    (story, KEPT, Path.unlink, "(missing). Try: make dedup RUN=toy"),
    (story, ATTRIBUTES, halve, " bytes). Try: make clean RUN=toy"),
    (story, ATTRIBUTES, zero(slice(4, 400)), "Try: delete it and run the stage"),
    (story, KEPT, zero(slice(-8, None)), "Try: delete it and run the stage"),
]


@pytest.mark.parametrize(("command", "path", "damage", "remedy"), DAMAGE)
def test_a_damaged_shard_ends_the_command_with_one_line(
    new_run: Any,
    command: Callable[[Sequence[str]], None],
    path: str,
    damage: Callable[[Path], None],
    remedy: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    new_run.whole()
    damage(new_run.folder.local() / path)
    with pytest.raises(SystemExit) as end:
        command(["run=toy", f"runs={new_run.config.runs}"])
    said = capsys.readouterr()
    assert (end.value.code, said.out, said.err.count("\n")) == (1, "", 1)
    assert f"{path}: not a readable shard (" in said.err
    assert remedy in said.err


def test_a_damaged_crawl_ends_the_search_for_refused_urls(
    new_run: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    new_run.crawl(warc=b"\x1f\x8b\x08" + bytes(500))
    with pytest.raises(SystemExit) as end:
        story(["run=toy", f"runs={new_run.config.runs}"])
    said = capsys.readouterr()
    assert (end.value.code, said.out, said.err.count("\n")) == (1, "", 1)
    assert "crawl-00000.warc.gz: not a readable shard (" in said.err
