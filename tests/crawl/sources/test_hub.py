"""`datasets` sources, from folders laid out like a dataset on the hub; nothing is fetched."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.errors import ConfigurationError
from crawl.sources.compressed import Fault
from crawl.sources.files import Row
from crawl.sources.hub import DatasetName, check_dataset, dataset_rows, local_files, revision_of

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


@pytest.mark.parametrize("at", [0, 1, 2])
@pytest.mark.parametrize("damage", [b"{no json\n", b"\x1f\x8b\x08 no member"])
def test_a_damaged_file_costs_no_other(tmp_path: Path, at: int, damage: bytes) -> None:
    for number in range(3):
        text = json.dumps({"text": f"{TEXTS[0]} {number}"}) + "\n"
        (tmp_path / f"{number}.jsonl.gz").write_bytes(gzip.compress(text.encode()))
    (tmp_path / f"{at}.jsonl.gz").write_bytes(damage if damage[:1] != b"{" else gzip.compress(damage))
    dataset = DatasetName("set", files=("*.gz",), reader="json", mirror=str(tmp_path))
    (tmp_path / "set").symlink_to(tmp_path)
    faults: list[Fault] = []
    rows = [row.fields["text"] for row in dataset_rows(dataset, faults)]
    assert rows == [f"{TEXTS[0]} {number}" for number in range(3) if number != at]
    assert len(faults) == 1


def test_damage_within_parquet_costs_no_other_file(tmp_path: Path) -> None:
    for name in "abc":
        pq.write_table(
            pa.table({"text": [f"{name}{n}" * 50 for n in range(999)]}), tmp_path / f"{name}.parquet"
        )
    whole = (tmp_path / "b.parquet").read_bytes()
    (tmp_path / "b.parquet").write_bytes(whole[:4] + b"\xff" * 99 + whole[103:])
    faults: list[Fault] = []
    rows = [row.fields["text"][0] for row in dataset_rows(DatasetName(str(tmp_path)), faults)]
    assert (rows.count("a"), rows.count("c")) == (999, 999)
    [fault] = faults
    assert fault.position == 999


def test_a_missing_split_is_refused(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match="split: got 'tests'; expected one of train"):
        check_dataset(DatasetName(str(folder), split="tests"), "text")


@pytest.mark.parametrize("path", ["/no/such/folder", "nobody/no-such-dataset"])
def test_a_missing_dataset_is_refused(path: str) -> None:
    with pytest.raises(ConfigurationError, match="not a dataset that can be loaded"):
        check_dataset(DatasetName(path), "text")


def test_a_name_tells_all_that_chooses_the_data() -> None:
    assert str(DatasetName("org/set", "khm_Khmr", "test", "abc123")) == "org/set@abc123/khm_Khmr/test"


COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("addresses", "commit"),
    [
        ([f"hf://datasets/org/set@{COMMIT}/km/0.parquet"], COMMIT),
        (["/here/0.parquet", f"hf://datasets/org/set@{COMMIT}/km/0.parquet"], COMMIT),
        (["hf://datasets/org/set@main/km/0.parquet"], ""),
        ([f"https://khmer.test/@{COMMIT}/0"], ""),
        ([], ""),
    ],
)
def test_the_commit_that_is_read_is_known(addresses: list[str], commit: str) -> None:
    assert revision_of(addresses) == commit


def test_files_are_found_on_the_hub_at_their_address_or_in_the_mirror(tmp_path: Path) -> None:
    listed = tmp_path / "lists.test" / "km.map"
    listed.parent.mkdir()
    listed.write_text("https://files.test/10_1.jsonl.zst\n\nhttps://files.test/9_1.jsonl.zst\n")
    found = DatasetName("org/set", files=("km/*.gz", "https://a.test/b.xz"), reader="json", revision="v1")
    assert found.data_files() == ["hf://datasets/org/set@v1/km/*.gz", "https://a.test/b.xz"]
    mirrored = DatasetName("org/set", files=("km/*.gz",), reader="json", mirror=f"{tmp_path}/")
    assert mirrored.data_files() == [f"{tmp_path}/org/set/km/*.gz"]
    by_list = DatasetName(
        "org/set", listed_in="https://lists.test/km.map", reader="json", mirror=str(tmp_path)
    )
    assert by_list.data_files() == [
        f"{tmp_path}/files.test/{name}" for name in ("10_1.jsonl.zst", "9_1.jsonl.zst")
    ]


@pytest.mark.parametrize("name", ["../secrets.json", "https://a.test/../../secrets.json"])
def test_a_mirror_is_not_left(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="expected a place within it"):
        DatasetName("org/set", files=(name,), reader="json", mirror=str(tmp_path)).data_files()


def test_a_folder_tells_its_files(folder: Path) -> None:
    [name] = local_files(DatasetName(str(folder)))
    assert name.startswith(str(folder))
    assert local_files(DatasetName("org/set")) == []


def test_an_unknown_reader_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="reader: got 'csv'; expected one of json, parquet, text"):
        check_dataset(DatasetName("org/set", files=("a.csv",), reader="csv"), "text")
