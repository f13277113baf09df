"""Logistic regression with a ridge penalty, and the module of what it found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clean.scores.linear import Standardised, probability
from clean.scores.texts import Floats

LEAST_SPREAD: Final = 1e-3
DECIMALS: Final = 4  # of what is shipped
_RIDGE: Final = 1e-9  # keeps the curvature of columns without a penalty from being singular


def newton(x: Floats, y: NDArray[np.bool_] | Floats, weights: Floats, penalty: Floats, steps: int) -> Floats:
    """The coefficients of the columns of `x` that explain `y`, by Newton's method.

    `weights` go by row; `penalty` goes by column, 0 for biases, and is half of what a unit squared costs.
    """
    beta = np.zeros(x.shape[1])
    for _ in range(steps):
        p = probability(x @ beta)
        gradient = x.T @ (weights * (p - y)) + penalty * beta
        curvature = (x.T * (weights * p * (1 - p))) @ x + np.diag(penalty + _RIDGE)
        beta -= np.linalg.solve(curvature, gradient)
    return beta


def scale(x: Floats, ends: tuple[int, int]) -> Standardised:
    """How features are standardised that are held within two percentiles; missing values are left out. No weights."""
    least, most = np.nanpercentile(x, ends, axis=0)
    held = np.clip(x, least, most)
    spreads = np.maximum(np.nanstd(held, axis=0), LEAST_SPREAD)
    return Standardised(least, most, np.nanmean(held, axis=0), spreads, np.zeros(x.shape[1]))


def weights_source(fitted: Standardised, names: Sequence[str]) -> str:
    """The constant WEIGHTS of a module, for `Standardised.of`."""
    columns = np.column_stack(fitted).round(DECIMALS).tolist()
    rows = "".join(f'    "{name}": {tuple(row)},\n' for name, row in zip(names, columns, strict=True))
    return f"WEIGHTS = {{\n{rows}}}\n"
