"""The learning rate as a function of the step."""

from __future__ import annotations

import math

from train.config import TrainConfig


def learning_rate(config: TrainConfig, step: int) -> float:
    """The rate of step `step`, counted from 0: a straight line up, then the schedule down to its final share."""
    if step < config.warmup_steps:
        return config.learning_rate * (step + 1) / config.warmup_steps
    shares = {"cosine": cosine_share, "wsd": wsd_share}
    share = shares[config.schedule](config, step)
    return config.learning_rate * (config.final_learning_rate + (1 - config.final_learning_rate) * share)


def cosine_share(config: TrainConfig, step: int) -> float:
    """1 after the warm-up, 0 at the last step, half a cosine between (SGDR, Loshchilov and Hutter 2017)."""
    done = (step - config.warmup_steps) / max(config.steps - 1 - config.warmup_steps, 1)
    return 0.5 * (1 + math.cos(math.pi * done))


def wsd_share(config: TrainConfig, step: int) -> float:
    """1 until the decay begins, then a straight line to 0 at the last step (MiniCPM, Hu et al. 2024)."""
    decay_steps = max(round(config.decay_share * config.steps), 1)
    return min(1.0, (config.steps - 1 - step) / decay_steps)
