"""`datasets` sources, from folders laid out like a dataset on the hub; nothing is fetched."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.errors import ConfigurationError
from crawl.sources.compressed import Fault
from crawl.sources.files import Row
from crawl.sources.hub import DatasetName, check_dataset, dataset_rows

TEXTS = ["ទឹកជ្រៅត្រីកុម", "ដំណក់ៗពេញបំពង់"]


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import datasets

    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(tmp_path / "cache"))


@pytest.fixture(params=["jsonl", "parquet"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "set" / f"train.{request.param}"
    path.parent.mkdir()
    if request.param == "jsonl":
        path.write_text("".join(json.dumps({"text": text}) + "\n" for text in TEXTS))
    else:
        pq.write_table(pa.table({"text": TEXTS}), path)
    return path.parent


def test_a_local_dataset_is_streamed_in_order(folder: Path) -> None:
    dataset = DatasetName(str(folder))
    check_dataset(dataset, "text")
    faults: list[Fault] = []
    assert list(dataset_rows(dataset, faults)) == [Row(n, {"text": text}) for n, text in enumerate(TEXTS)]
    assert faults == []


def test_a_missing_split_is_refused(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match="split: got 'tests'; expected one of train"):
        check_dataset(DatasetName(str(folder), split="tests"), "text")


@pytest.mark.parametrize("path", ["/no/such/folder", "nobody/no-such-dataset"])
def test_a_missing_dataset_is_refused(path: str) -> None:
    with pytest.raises(ConfigurationError, match="not a dataset that can be loaded"):
        check_dataset(DatasetName(path), "text")


def test_a_name_tells_all_that_chooses_the_data() -> None:
    assert str(DatasetName("org/set", "khm_Khmr", "test", "abc123")) == "org/set@abc123/khm_Khmr/test"
