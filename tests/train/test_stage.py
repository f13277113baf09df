"""The whole stage as its command line runs it, under both backends, killed and gone on with."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import torch
from transformers import AutoTokenizer, LlamaForCausalLM

from corpus.errors import ConfigurationError, StageError
from corpus.manifest import HOUSE, Manifest
from corpus.paths import Folder
from corpus.stage import execute
from train.checkpoint import Checkpoints
from train.loop import model_config
from train.model import Llama
from train.stage import STAGE

COMPARED = ("metrics.jsonl", "evaluation.json", "samples.jsonl", "model/model.safetensors", "manifest.json")


def outputs(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in COMPARED}


@pytest.fixture(scope="module")
def plain(tokenized) -> Path:
    """The folder of a finished run of one process."""
    execute(STAGE, tokenized.config())
    return tokenized.runs / "demo" / "train"


def test_its_figures_stand_in_the_manifest_and_it_works_once(plain, tokenized):
    manifest, worked = execute(STAGE, tokenized.config(keep_checkpoints=1))
    assert not worked
    assert {file["path"] for file in manifest.outputs} >= set(COMPARED) - {"manifest.json"}
    validation = manifest.facts["validation"]
    assert 0 < validation["bits_per_byte"]["five_gram"] < validation["bits_per_byte"]["unigram"]
    assert 0 < validation["bits_per_byte"]["model"] < 2 * validation["bits_per_byte"]["unigram"]
    assert set(validation["sources"]) == {"news", "stories"}
    for figure in ("tokens", "bytes"):
        assert sum(source[figure] for source in validation["sources"].values()) == validation[figure]
    assert manifest.facts["training"]["tokens"] == 12 * 8 * 32
    assert manifest.facts["tokenizer"]["sha256"] == tokenized.facts["sha256"]


def test_documents_with_duplicates_are_seen_more_often_and_counted_once(plain, own_run):
    manifest, _ = execute(STAGE, own_run.config(upweight={2: 2.0, 5: 3.0}))
    reference = Manifest.load(Folder(str(plain))).facts
    training = manifest.facts["training"]
    once = {row["times"]: row["tokens"] for row in training["times_seen"]}
    assert [row["documents"] for row in training["times_seen"]] == [28, 4, 8]
    assert sum(once.values()) == training["corpus_tokens"] == reference["training"]["epoch_tokens"]
    assert sum(times * n for times, n in once.items()) == training["epoch_tokens"]
    assert training["tokens"] == reference["training"]["tokens"] == 12 * 8 * 32
    assert training["epochs"] < reference["training"]["epochs"]
    for figure in ("tokens", "bytes"):
        assert manifest.facts["validation"][figure] == reference["validation"][figure]
    losses = [(folder / "metrics.jsonl").read_bytes() for folder in (plain, own_run.runs / "demo" / "train")]
    assert losses[0] != losses[1]


def test_transformers_loads_the_export_with_equal_logits(plain, tokenized):
    theirs, report = LlamaForCausalLM.from_pretrained(plain / "model", output_loading_info=True)
    assert not report["missing_keys"]
    assert not report["unexpected_keys"]
    job = tokenized.job(plain)
    ours = Llama(model_config(job))
    ours.load_state_dict(Checkpoints(plain).weights())
    ids = torch.randint(0, job.tokenizer.vocabulary, (2, 32), generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(ours.logits(ids), theirs(ids).logits, atol=1e-5, rtol=0)
    assert theirs.lm_head.weight is theirs.model.embed_tokens.weight

    tokenizer = AutoTokenizer.from_pretrained(plain / "model")
    assert (tokenizer.eos_token_id, tokenizer.pad_token_id) == (2, 3)


def test_ten_continuations_of_held_out_documents(plain):
    rows = [json.loads(line) for line in (plain / "samples.jsonl").read_text().splitlines()]
    assert len({row["id"] for row in rows}) == 10
    assert all(row["id"].startswith(("03", "04")) for row in rows), "the seeds of the validation documents"
    assert all(row["prompt"] and row["continuation"] for row in rows)


def test_data_that_do_not_fit_stop_before_any_work(own_run):
    with pytest.raises(ConfigurationError, match=r"train tokens: got [\d,]+; expected 100,001 or more"):
        execute(STAGE, own_run.config(sequence_length=100_000))
    assert not (own_run.runs / "demo" / "train" / "checkpoints").exists()


def test_a_rank_that_fails_gives_one_line_with_its_fault_and_its_log(own_run):
    token_bytes = own_run.tokenizer / "token_bytes.npy"
    token_bytes.write_bytes(token_bytes.read_bytes()[:40])
    with pytest.raises(StageError, match=r"train: ValueError: .*train.ranks.log") as caught:
        execute(STAGE, own_run.config())
    assert "\n" not in str(caught.value)
    assert "Traceback" in (own_run.runs / "demo" / "logs" / "train.ranks.log").read_text()


def start(run, **values: object) -> subprocess.Popen[bytes]:
    words = [f"{name}={value}" for name, value in run.values(**values).items()]
    return subprocess.Popen([sys.executable, "-m", "train", *words], cwd=HOUSE, start_new_session=True)


def kill_at_step(process: subprocess.Popen[bytes], folder: Path, step: int) -> None:
    """SIGKILL the process group once a step is recorded, and see that none of its processes stays."""
    timings = folder / "timings.jsonl"
    while not timings.exists() or timings.read_bytes().count(b"\n") < step:
        assert process.poll() is None
        time.sleep(0.005)
    family = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    _, alive = psutil.wait_procs(family, timeout=30)
    assert not alive


def test_one_killed_process_and_the_same_command_again(plain, own_run):
    folder = own_run.runs / "demo" / "train"
    kill_at_step(start(own_run), folder, step=2)
    execute(STAGE, own_run.config())
    assert outputs(folder) == outputs(plain)


@pytest.fixture(scope="module")
def two_ranks(tokenized, tmp_path_factory) -> Path:
    """The folder of a finished run of two DeepSpeed ranks."""
    runs = tmp_path_factory.mktemp("two_ranks")
    shutil.copytree(tokenized.tokenizer.parent, runs / "demo" / "tokenizer")
    execute(STAGE, tokenized.config(runs=str(runs), backend="deepspeed"))
    return runs / "demo" / "train"


@pytest.mark.slow
def test_two_killed_ranks_and_the_same_command_again(two_ranks, own_run):
    folder = own_run.runs / "demo" / "train"
    kill_at_step(start(own_run, backend="deepspeed"), folder, step=5)
    execute(STAGE, own_run.config(backend="deepspeed"))
    assert outputs(folder) == outputs(two_ranks)


@pytest.mark.slow
def test_two_ranks_agree_with_one_process(plain, two_ranks):
    ours, reference = ((folder / "metrics.jsonl").read_text().splitlines() for folder in (two_ranks, plain))
    for row, expected in zip(ours, reference, strict=True):
        assert json.loads(row) == pytest.approx(json.loads(expected), rel=1e-4)
    figures = [
        Manifest.load(Folder(str(folder))).facts["validation"]["bits_per_byte"]
        for folder in (plain, two_ranks)
    ]
    assert figures[0] == pytest.approx(figures[1], rel=1e-4)
