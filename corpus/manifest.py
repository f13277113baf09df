"""What a stage's output is: its fingerprint, files, ledger and facts, written last of all."""

from __future__ import annotations

import ast
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

from corpus.document import SCHEMA_VERSION
from corpus.errors import StageError
from corpus.ledger import Ledger
from corpus.paths import Folder

MANIFEST = "manifest.json"
HOUSE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Manifest:
    """The finished state of a stage; it holds no time of day, so the same work gives the same bytes."""

    stage: str
    fingerprint: str
    config: dict[str, Any]
    inputs: dict[str, str]
    outputs: list[dict[str, Any]]
    ledger: list[dict[str, Any]]
    facts: dict[str, Any]

    @classmethod
    def load(cls, folder: Folder) -> Manifest | None:
        """The manifest of a stage's folder, or None where the stage has not finished."""
        if not folder.exists(MANIFEST):
            return None
        try:
            return cls(**folder.read_json(MANIFEST))
        except (ValueError, TypeError) as error:
            msg = f"{folder.at(MANIFEST)}: not a manifest ({error}). Try: delete it and run the stage again"
            raise StageError(msg) from error

    def save(self, folder: Folder) -> None:
        """Write it; from now on the stage is finished."""
        folder.write_json(MANIFEST, asdict(self))

    def shards(self, folder: Folder, kind: str = "documents") -> list[str]:
        """URIs of the output files below `kind/`, in order."""
        return [folder.at(file["path"]) for file in self.outputs if file["path"].startswith(f"{kind}/")]

    def intact(self, folder: Folder) -> bool:
        """Whether every output stands there with its size."""
        sizes = folder.sizes()
        return all(sizes.get(file["path"]) == file["bytes"] for file in self.outputs)

    def books(self) -> Ledger:
        """The ledger, ready for sums."""
        return Ledger(self.ledger)


def digest(value: Any) -> str:
    """SHA-256 of a value's canonical JSON."""
    canonical = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def decisive(config: Any) -> dict[str, Any]:
    """The fields of a config that decide the output; those marked volatile (worker counts, folders) do not."""
    assert is_dataclass(config)
    whole = asdict(config)  # type: ignore[arg-type]
    return {f.name: whole[f.name] for f in fields(config) if not f.metadata.get("volatile")}


MODELS = (".npz", ".safetensors")


def code_digest(packages: Iterable[str], own: str = "") -> str:
    """SHA-256 over the syntax trees of our packages (comments and layout do not count) and the models beside them.

    A room with a stage.py of its own is another stage's, and does not count unless it is `own`, a dotted name.
    """
    files = [path for package in sorted(packages) for path in _files(HOUSE / package, own)]
    return digest([[str(path.relative_to(HOUSE)), _mark(path, path.stat().st_mtime_ns)] for path in files])


def _files(package: Path, own: str) -> list[Path]:
    kinds = (".py", *MODELS)
    found = [
        Path(folder, name) for folder, _, names in os.walk(package) for name in names if name.endswith(kinds)
    ]
    rooms = {path.parent for path in found if path.name == "stage.py"} - {
        package,
        HOUSE.joinpath(*own.split(".")),
    }
    return sorted(path for path in found if rooms.isdisjoint(path.parents))


@cache
def _mark(path: Path, _changed_at: int) -> str:
    content = path.read_bytes()
    if path.suffix not in MODELS:
        content = ast.dump(ast.parse(content)).encode()
    return hashlib.sha256(content).hexdigest()


def fingerprint(stage: str, module: str, config: Any, inputs: Mapping[str, Any]) -> str:
    """SHA-256 of all that a stage's output is a function of: config, code, schema and inputs."""
    code = code_digest(["khmer", "corpus", module.partition(".")[0]], own=module)
    return digest([stage, SCHEMA_VERSION, decisive(config), code, dict(inputs)])
