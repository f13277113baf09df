"""Folders on any file system that pyarrow.fs or fsspec knows, with files that appear whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyarrow.fs as pafs

from corpus.errors import ConfigurationError

PARTIAL = ".partial"


def resolve(uri: str) -> tuple[pafs.FileSystem, str]:
    """The file system and the path on it of a URI (`s3://bucket/x`, `memory://x`) or of a local path."""
    if "://" not in uri:
        return pafs.LocalFileSystem(), os.path.abspath(uri)  # noqa: PTH100 (keeps symbolic links as named)
    try:
        return pafs.FileSystem.from_uri(uri)  # type: ignore[no-any-return]
    except (ValueError, OSError):
        return _resolve_with_fsspec(uri)


def _resolve_with_fsspec(uri: str) -> tuple[pafs.FileSystem, str]:
    import fsspec

    try:
        filesystem, path = fsspec.core.url_to_fs(uri)
    except (ValueError, ImportError) as error:
        msg = f"{uri}: no file system for this address ({error}); expected a folder, s3://…, gs://… or an fsspec URL"
        raise ConfigurationError(msg) from error
    return pafs.PyFileSystem(pafs.FSSpecHandler(filesystem)), path


@dataclass(frozen=True)
class Folder:
    """A folder by its URI; every path that its methods take is relative to it."""

    uri: str

    def child(self, name: str) -> Folder:
        """The folder `name` inside this one."""
        return Folder(self.at(name))

    def at(self, path: str) -> str:
        """The URI of a file in this folder."""
        return f"{self.uri.rstrip('/')}/{path}"

    def exists(self, path: str = "") -> bool:
        """Whether a file or folder stands there."""
        filesystem, full = resolve(self.at(path) if path else self.uri)
        return bool(filesystem.get_file_info(full).type != pafs.FileType.NotFound)

    def holds(self, path: str, size: int) -> bool:
        """Whether a file of that many bytes stands there."""
        filesystem, full = resolve(self.at(path))
        info = filesystem.get_file_info(full)
        return bool(info.is_file and info.size == size)

    def sizes(self, path: str = "") -> dict[str, int]:
        """Bytes of every file below `path`, by its path relative to this folder, in sorted order."""
        filesystem, root = resolve(self.uri)
        top = f"{root}/{path}".rstrip("/")
        selector = pafs.FileSelector(top, recursive=True, allow_not_found=True)
        infos = [info for info in filesystem.get_file_info(selector) if info.is_file]
        return {
            info.path[len(root.rstrip("/")) + 1 :]: info.size
            for info in sorted(infos, key=lambda info: info.path)
        }

    def read(self, path: str) -> bytes:
        """The whole file."""
        filesystem, full = resolve(self.at(path))
        with filesystem.open_input_file(full) as file:
            return bytes(file.read())

    def read_json(self, path: str) -> Any:
        """The file parsed as JSON."""
        return json.loads(self.read(path))

    def write(self, path: str, data: bytes) -> None:
        """Put `data` there atomically."""
        with self.create(path) as file:
            file.write(data)

    def write_json(self, path: str, value: Any) -> None:
        """Put `value` there atomically, as JSON that is the same bytes for the same value."""
        self.write(path, (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode())

    @contextmanager
    def create(self, path: str) -> Iterator[IO[bytes]]:
        """Open a new file that takes its name only when it is complete and on disk."""
        filesystem, full = resolve(self.at(path))
        if isinstance(filesystem, pafs.LocalFileSystem):
            with _create_local(Path(full)) as file:
                yield file
            return
        with tempfile.TemporaryFile() as staged:
            yield staged
            staged.seek(0)
            filesystem.create_dir(full.rpartition("/")[0], recursive=True)
            with filesystem.open_output_stream(full) as target:
                shutil.copyfileobj(staged, target, 1 << 22)

    def delete(self, path: str = "") -> None:
        """Remove the file or folder, if it is there."""
        filesystem, full = resolve(self.at(path) if path else self.uri)
        kind = filesystem.get_file_info(full).type
        if kind == pafs.FileType.Directory:
            filesystem.delete_dir(full)
        elif kind != pafs.FileType.NotFound:
            filesystem.delete_file(full)

    def delete_partial(self) -> None:
        """Remove what a killed process left half-written below this folder."""
        for path in self.sizes():
            if path.endswith(PARTIAL):
                self.delete(path)

    def local(self) -> Path:
        """This folder as a local path, for what can only work on one (a database, a training run)."""
        filesystem, full = resolve(self.uri)
        if not isinstance(filesystem, pafs.LocalFileSystem):
            msg = f"{self.uri}: this stage needs a folder on this machine. Try: runs=/some/local/folder"
            raise ConfigurationError(msg)
        return Path(full)


@contextmanager
def _create_local(target: Path) -> Iterator[IO[bytes]]:
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.{os.getpid()}{PARTIAL}")
    try:
        with partial.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
        sync_folder(target.parent)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def sync_folder(folder: Path) -> None:
    """Put the folder's names on disk, so that a rename in it survives a power loss."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
