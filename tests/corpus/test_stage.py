"""The runner: byte-identical after any death, nothing done twice, one clear line for every fault."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

import corpus.cli
from corpus.stage import execute
from tests.corpus.toy import STAGE, ToyConfig
from tests.killing import contents

HOUSE = Path(__file__).resolve().parents[2]


def command(runs: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "tests.corpus.toy", f"runs={runs}", "run=t", *words]


def toy(runs: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(runs, *words), cwd=HOUSE, capture_output=True, text=True, timeout=100, check=False
    )


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    runs = tmp_path_factory.mktemp("uninterrupted")
    done = toy(runs, "shards=6")
    assert done.returncode == 0, done.stderr
    return runs / "t" / "toy"


def test_counts_are_conserved_and_in_the_manifest(uninterrupted: Path) -> None:
    manifest = json.loads((uninterrupted / "manifest.json").read_text())
    by_fate = {(r["source"], r["fate"], r["reason"]): r["documents"] for r in manifest["ledger"]}
    assert by_fate == {
        ("even", "in", ""): 750,
        ("even", "kept", ""): 600,
        ("even", "dropped", "short"): 150,
        ("odd", "in", ""): 750,
        ("odd", "kept", ""): 600,
        ("odd", "dropped", "short"): 150,
    }
    assert [f["path"] for f in manifest["outputs"] if f["path"].startswith("work/")] == []
    assert not (uninterrupted / "work").exists()


def test_again_does_nothing(uninterrupted: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in uninterrupted.rglob("*.parquet")}
    again = toy(uninterrupted.parents[1], "shards=6")
    assert "nothing to do" in again.stdout
    assert before == {p: p.stat().st_mtime_ns for p in uninterrupted.rglob("*.parquet")}


def test_a_stage_that_goes_on_does_its_tasks_again_until_nothing_is_left(tmp_path: Path) -> None:
    left = [True, False]
    stage = replace(STAGE, goes_on=lambda manifest: bool(manifest.facts) and left.pop(0))
    config = ToyConfig(run="t", runs=str(tmp_path), workers=1, shards=1)
    assert [execute(stage, config)[1] for _ in range(3)] == [True, True, False]


def test_one_worker_gives_the_same_bytes(uninterrupted: Path, tmp_path: Path) -> None:
    assert toy(tmp_path, "shards=6", "workers=1").returncode == 0
    assert contents(tmp_path / "t" / "toy") == contents(uninterrupted)


def test_killed_at_random_moments_the_same_command_gives_the_same_bytes(
    uninterrupted: Path, tmp_path: Path
) -> None:
    moments = random.Random(7)
    for _ in range(4):
        process = subprocess.Popen(
            command(tmp_path, "shards=6", "wait=0.2"), cwd=HOUSE, start_new_session=True
        )
        time.sleep(moments.uniform(0.6, 1.6))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert not (tmp_path / "t" / "toy" / "manifest.json").exists() or process.returncode == 0
    assert toy(tmp_path, "shards=6").returncode == 0
    assert contents(tmp_path / "t" / "toy") == contents(uninterrupted)


def test_a_lost_shard_alone_is_made_again(tmp_path: Path) -> None:
    toy(tmp_path)
    whole = contents(tmp_path / "t" / "toy")
    (tmp_path / "t" / "toy" / "documents" / "part-00001.parquet").unlink()
    assert "nothing to do" not in toy(tmp_path).stdout
    assert contents(tmp_path / "t" / "toy") == whole


def test_another_configuration_replaces_the_output(tmp_path: Path) -> None:
    toy(tmp_path, "shards=3")
    toy(tmp_path, "shards=2")
    assert len(list((tmp_path / "t" / "toy" / "documents").iterdir())) == 2


def test_a_stage_that_loses_a_document_is_stopped(tmp_path: Path) -> None:
    done = toy(tmp_path, "fault=lose")
    assert done.returncode == 1
    assert "does not conserve documents: 375 came in" in done.stderr
    assert not (tmp_path / "t" / "toy" / "manifest.json").exists()


def test_a_full_disk_is_one_line_and_what_is_done_stays(tmp_path: Path) -> None:
    done = toy(tmp_path, "fault=full", "workers=1")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "No space left on device" in done.stderr
    assert [p.name for p in (tmp_path / "t" / "toy" / "documents").iterdir()] == ["part-00000.parquet"]
    assert toy(tmp_path).returncode == 0


def test_a_worker_killed_again_and_again_is_one_line(tmp_path: Path) -> None:
    done = toy(tmp_path, "fault=kill")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "workers=1" in done.stderr


def test_two_commands_do_not_share_a_folder(tmp_path: Path) -> None:
    first = subprocess.Popen(command(tmp_path, "wait=3"), cwd=HOUSE, stdout=subprocess.DEVNULL)
    while not (tmp_path / "t" / "toy" / "plan.json").exists():
        time.sleep(0.05)
    second = toy(tmp_path)
    assert second.returncode == 1
    assert "another process is at work there" in second.stderr
    assert first.wait() == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["shrads=3"], "shrads"),
        (["least=abc"], "'abc' of type 'str' could not be converted to Integer"),
        (["shards=-1"], "shards: got -1; expected 0 or more"),
        (["workers=-2"], "workers: got -2"),
        (["run=../x"], "run: got '../x'"),
        (["runs="], "runs: got ''; expected a folder or an address"),
        (["recipe=none"], "recipe: got 'none'; expected one of misspelt, not_text, small"),
        (["recipe=../toy"], "recipe: got '../toy'; expected one of misspelt"),
        (["recipe=wrong_stage"], "got 'tyo'; expected options below the name of a stage"),
        (["recipe=wrong_shape"], "got ['shards']; expected options below the name of a stage"),
        (["recipe=not_text"], "not_text.yaml: not YAML"),
        (["+foo=1"], "got '+foo=1'; expected option=value"),
        (["hydra.run.dir=/x"], "expected option=value"),
        (["recipe=misspelt"], "shrads"),
        (["="], "toy: "),
    ],
)
def test_an_impossible_configuration_stops_before_work(
    tmp_path: Path,
    words: list[str],
    says: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(corpus.cli, "CONFIGS", Path(__file__).parent / "toy_configs")
    with pytest.raises(SystemExit) as ended:
        corpus.cli.main(STAGE, [f"runs={tmp_path}", "run=t", *words])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1
    assert list(tmp_path.rglob("*.parquet")) == []


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("in the way")
    done = toy(tmp_path / place)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "cannot be written" in done.stderr


@pytest.mark.parametrize("damaged", ["plan.json", "receipts/choose/part-00001.json"])
@pytest.mark.parametrize("content", ["{", "[]", "{}"])
def test_damaged_notes_of_the_runner_are_made_again(tmp_path: Path, damaged: str, content: str) -> None:
    toy(tmp_path)
    stage = tmp_path / "t" / "toy"
    whole = contents(stage)
    (stage / damaged).write_text(content)
    (stage / "manifest.json").unlink()
    assert toy(tmp_path).returncode == 0
    assert contents(stage) == whole


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_says_so_and_leaves_no_process(
    tmp_path: Path, number: int, exit_code: int
) -> None:
    said = tmp_path / "said"
    with said.open("w") as stderr:
        process = subprocess.Popen(command(tmp_path, "wait=60"), cwd=HOUSE, stderr=stderr)
    while not (tmp_path / "t" / "toy" / "receipts" / "make" / "part-00002.json").exists():
        time.sleep(0.05)
    time.sleep(0.5)
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(number)
    assert process.wait() == exit_code
    assert said.read_text().splitlines() == [f"toy: interrupted. {corpus.cli.KEPT}"]
    _, alive = psutil.wait_procs(children, timeout=20)
    assert alive == []


def test_a_missing_run_name_is_asked_for(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.corpus.toy"], cwd=HOUSE, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "run" in done.stderr


def test_a_recipe_gives_values_and_the_command_line_has_the_last_word(tmp_path: Path) -> None:
    toy(tmp_path, "recipe=small")
    assert len(list((tmp_path / "t" / "toy" / "documents").iterdir())) == 1
    toy(tmp_path, "recipe=small", "shards=2")
    assert len(list((tmp_path / "t" / "toy" / "documents").iterdir())) == 2


def test_help_names_every_option_with_its_default(tmp_path: Path) -> None:
    said = toy(tmp_path, "--help").stdout
    assert "least (int; default 4)\n      shortest text kept, in code points" in said
    assert "run (str; required)" in said


def test_the_log_tells_of_every_phase(uninterrupted: Path) -> None:
    log = (uninterrupted.parent / "logs" / "toy.log").read_text()
    assert "toy make: 6/6 shards" in log
    assert "toy choose: 6/6 shards, 1,500/1,500 documents" in log
