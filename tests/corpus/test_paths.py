"""Folders: files appear whole or not at all, on any file system."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.errors import ConfigurationError
from corpus.paths import Folder


@pytest.fixture(params=["local", "memory"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Folder:
    return Folder(
        str(tmp_path / "f") if request.param == "local" else f"memory://{tmp_path.name}-{id(request)}"
    )


def test_a_file_comes_back_and_is_listed_with_its_size(folder: Folder) -> None:
    folder.write("b/ខ្មែរ.txt", "សួស្តី".encode())
    folder.write_json("a.json", {"ក": 1})
    assert folder.read("b/ខ្មែរ.txt").decode() == "សួស្តី"
    assert folder.read_json("a.json") == {"ក": 1}
    assert folder.sizes() == {"a.json": len(folder.read("a.json")), "b/ខ្មែរ.txt": 18}
    assert folder.sizes("b") == {"b/ខ្មែរ.txt": 18}


def test_a_file_whose_writing_fails_never_appears(folder: Folder) -> None:
    def write_half() -> None:
        with folder.create("x") as file:
            file.write(b"half")
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        write_half()
    assert folder.sizes() == {}


def test_delete_takes_files_folders_and_what_is_not_there(folder: Folder) -> None:
    for path in ("a/1", "a/2", "b"):
        folder.write(path, b"")
    for path in ("a", "b", "c"):
        folder.delete(path)
    assert folder.sizes() == {}


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    folder = Folder(str(tmp_path))
    folder.write("documents/part-00000.parquet", b"whole")
    (tmp_path / "documents" / ".part-00001.parquet.4242.partial").write_bytes(b"ha")
    folder.delete_partial()
    assert list(folder.sizes()) == ["documents/part-00000.parquet"]


def test_an_unknown_address_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="nowhere://x: no file system for this address"):
        Folder("nowhere://x").exists()


def test_a_remote_folder_is_not_a_local_one() -> None:
    with pytest.raises(ConfigurationError, match="needs a folder on this machine"):
        Folder("memory://x").local()
