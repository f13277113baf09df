"""How a step is taken: by plain torch in one process, or by DeepSpeed's ZeRO-1 over several."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor

from train.config import TrainConfig
from train.model import Llama

OPTIMIZER = "optimizer.pt"
ZERO = "zero"  # the tag of DeepSpeed's own files in a checkpoint


@dataclass(frozen=True)
class Update:
    """What became of a step: the norm of all gradients before clipping, and whether the weights moved."""

    gradient_norm: float
    applied: bool


class Backend(Protocol):
    """What the training loop needs of the machinery below it."""

    model: Llama
    rank: int
    world: int

    def accumulate(self, tokens: Tensor, targets: Tensor) -> Tensor:
        """Add a micro-batch's gradients, and return its mean loss on this rank."""

    def update(self, learning_rate: float) -> Update:
        """Move the weights by the gradients, unless one is not finite; forget the gradients."""

    def total(self, values: Tensor) -> Tensor:
        """The sum over all ranks."""

    def save(self, folder: Path) -> None:
        """Write what `load` needs besides the weights; all ranks call it."""

    def load(self, folder: Path) -> None:
        """Go on from a checkpoint's folder, weights and all."""

    def wait(self) -> None:
        """Return when all ranks have come here."""

    def close(self) -> None:
        """Leave the group of ranks."""


def optimizer_of(model: Llama, config: TrainConfig) -> torch.optim.AdamW:
    """AdamW that decays matrices and leaves gains alone."""
    parameters = list(model.parameters())
    groups = [
        {"params": [p for p in parameters if p.dim() > 1], "weight_decay": config.weight_decay},
        {"params": [p for p in parameters if p.dim() == 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, config.learning_rate, (config.beta1, config.beta2), fused=True)


class PlainBackend:
    """One process; the reference that DeepSpeed must agree with."""

    rank = 0
    world = 1

    def __init__(self, model: Llama, config: TrainConfig) -> None:
        self.model = model
        self._clip = config.gradient_clip
        self._accumulation = config.batch_size // config.micro_batch_size
        self._optimizer = optimizer_of(model, config)

    def accumulate(self, tokens: Tensor, targets: Tensor) -> Tensor:
        loss: Tensor = self.model(tokens, targets)
        (loss / self._accumulation).backward()  # type: ignore[no-untyped-call]
        return loss.detach()

    def update(self, learning_rate: float) -> Update:
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), self._clip).item()
        if math.isfinite(norm):
            _set_rate(self._optimizer, learning_rate)
            self._optimizer.step()
        self._optimizer.zero_grad()
        return Update(norm, math.isfinite(norm))

    def total(self, values: Tensor) -> Tensor:
        return values

    def save(self, folder: Path) -> None:
        state = {"model": self.model.state_dict(), "optimizer": self._optimizer.state_dict()}
        torch.save(state, folder / OPTIMIZER)

    def load(self, folder: Path) -> None:
        state = torch.load(folder / OPTIMIZER, map_location=self.model.device, weights_only=True)
        self.model.load_state_dict(state["model"])
        self._optimizer.load_state_dict(state["optimizer"])

    def wait(self) -> None:
        return

    def close(self) -> None:
        return


class DeepSpeedBackend:
    """ZeRO-1: every rank holds the weights and its share of the optimiser's state. Started by torchrun."""

    def __init__(self, model: Llama, config: TrainConfig) -> None:
        deepspeed = _import_deepspeed()
        deepspeed.init_distributed(timeout=timedelta(minutes=10), verbose=False)
        self.rank, self.world = torch.distributed.get_rank(), torch.distributed.get_world_size()
        self._engine, *_ = deepspeed.initialize(
            model=model, optimizer=optimizer_of(model, config), config=_zero_config(config)
        )
        self.model = self._engine.module

    def accumulate(self, tokens: Tensor, targets: Tensor) -> Tensor:
        loss: Tensor = self._engine(tokens, targets)
        self._engine.backward(loss)
        if not self._engine.is_gradient_accumulation_boundary():
            self._engine.step()
        return loss.detach()

    def update(self, learning_rate: float) -> Update:
        _set_rate(self._engine.optimizer, learning_rate)
        self._engine.step()
        return Update(float(self._engine.get_global_grad_norm()), self._engine.was_step_applied())

    def total(self, values: Tensor) -> Tensor:
        values = values.to(self.model.device, copy=True)  # NCCL knows no tensors on the CPU
        torch.distributed.all_reduce(values)
        return values.cpu()

    def save(self, folder: Path) -> None:
        self._engine.save_checkpoint(str(folder), tag=ZERO, save_latest=False)

    def load(self, folder: Path) -> None:
        self._engine.load_checkpoint(str(folder), tag=ZERO)

    def wait(self) -> None:
        torch.distributed.barrier()

    def close(self) -> None:
        torch.distributed.destroy_process_group()


def _import_deepspeed() -> Any:
    """DeepSpeed, kept from compiling: its shared-memory operator takes a C++ compiler and 109 s, to save none here."""
    if not torch.cuda.is_available():
        os.environ["DS_ACCELERATOR"] = "cpu"
    import deepspeed  # only this backend needs it; four seconds

    deepspeed.ops.__compatible_ops__["deepspeed_shm_comm"] = False
    return deepspeed


def _zero_config(config: TrainConfig) -> dict[str, Any]:
    return {
        "train_batch_size": config.batch_size,
        "train_micro_batch_size_per_gpu": config.micro_batch_size,
        "gradient_clipping": config.gradient_clip,
        "zero_optimization": {"stage": 1},
        "steps_per_print": 1 << 60,
    }


def _set_rate(optimizer: Any, learning_rate: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = learning_rate


BACKENDS: dict[str, type[PlainBackend | DeepSpeedBackend]] = {
    "plain": PlainBackend,
    "deepspeed": DeepSpeedBackend,
}
