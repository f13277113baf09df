"""Checkpoints that appear whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from corpus.errors import StageError
from corpus.paths import Folder, sync_folder
from train.backends import Backend
from train.records import Progress

LATEST = "latest"
STATE = "state.json"
WEIGHTS = "model.safetensors"
UNFINISHED = ".unfinished"


class Checkpoints:
    """The checkpoints of a run: folders `step-…`, and the file `latest` that names the newest complete one."""

    def __init__(self, run: Path) -> None:
        self.folder = run / "checkpoints"

    def latest(self) -> Path | None:
        """The newest complete checkpoint."""
        marker = self.folder / LATEST
        if not marker.exists():
            return None
        return self.folder / marker.read_text(encoding="utf-8").strip()

    def resume(self, backend: Backend) -> Progress:
        """Load the newest checkpoint into the backend, if there is one."""
        if backend.rank == 0:
            self._clear()
        backend.wait()
        newest = self.latest()
        if newest is None:
            return Progress()
        backend.load(newest)
        return self.progress()

    def progress(self) -> Progress:
        """How far the newest checkpoint is."""
        return Progress(**json.loads((self._newest() / STATE).read_text(encoding="utf-8")))

    def weights(self) -> dict[str, torch.Tensor]:
        """The newest checkpoint's weights, float32."""
        weights: dict[str, torch.Tensor] = load_file(self._newest() / WEIGHTS)
        return weights

    def _newest(self) -> Path:
        newest = self.latest()
        if newest is None:
            msg = f"{self.folder}: no complete checkpoint. Try: the same command trains from the start"
            raise StageError(msg)
        return newest

    def save(self, backend: Backend, progress: Progress, keep: int) -> None:
        """Write a checkpoint beside the others; it counts once `latest` names it. All ranks call it."""
        name = f"step-{progress.step:08d}"
        unfinished = self.folder / f"{name}{UNFINISHED}"
        unfinished.mkdir(parents=True, exist_ok=True)
        backend.save(unfinished)
        backend.wait()
        if backend.rank == 0:
            weights = {key: tensor.float().cpu() for key, tensor in backend.model.state_dict().items()}
            save_file(weights, unfinished / WEIGHTS)
            (unfinished / STATE).write_text(json.dumps(asdict(progress)), encoding="utf-8")
            _sync(unfinished)
            unfinished.rename(self.folder / name)
            sync_folder(self.folder)
            Folder(str(self.folder)).write(LATEST, f"{name}\n".encode())
            self._clear(keep)
        backend.wait()

    def _clear(self, keep: int | None = None) -> None:
        """Remove what is half-written or was never named latest, and all but the newest `keep`."""
        newest = self.latest()
        complete = sorted(path for path in self.folder.glob("step-*") if newest and path.name <= newest.name)
        kept = [path for path in complete if not path.name.endswith(UNFINISHED)][-(keep or len(complete)) :]
        for path in sorted(self.folder.glob("step-*")):
            if path not in kept:
                shutil.rmtree(path)


def _sync(folder: Path) -> None:
    """Put everything below a folder on disk."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
        else:
            sync_folder(path)
    sync_folder(folder)
