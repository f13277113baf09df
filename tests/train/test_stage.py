from __future__ import annotations

import json

from corpus.stage import execute
from train.stage import STAGE


def test_a_run_evaluates_exports_and_samples(tokenized):
    manifest, worked = execute(STAGE, tokenized.config(backend="deepspeed"))
    folder = tokenized.runs / "demo" / "train"
    assert worked
    print(json.dumps(manifest.facts, indent=1))
    print((folder / "samples.jsonl").read_text())
    print((folder / "metrics.jsonl").read_text())
    assert 0
