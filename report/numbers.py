"""How figures are written: grouped digits, shares in per cent, bytes with a unit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

Value: TypeAlias = int | float | str | None

NOT_MEASURED = ("មិនទាន់បានវាស់", "not measured")
LEAST_SHARE = 1e-5
UNITS = ("bytes", "kB", "MB", "GB", "TB", "PB")


def plain(value: float | str) -> str:
    """A count with grouped digits, another number to four significant digits, a text as it is."""
    if isinstance(value, str):
        return value
    return f"{value:,.4g}" if isinstance(value, float) and abs(value) < 10_000 else f"{value:,.0f}"


def percent(share: float) -> str:
    """A ratio in per cent, to a tenth of one; smaller ones to two significant digits."""
    if 0 < share < LEAST_SHARE:
        return f"< {100 * LEAST_SHARE:g} %"
    return f"{100 * share:.2g} %" if 0 < share < 0.001 else f"{100 * share:.1f} %"


def size(n_bytes: float) -> str:
    """Bytes in powers of a thousand."""
    amount, unit = float(n_bytes), 0
    while abs(amount) >= 1000 and unit < len(UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{amount:,.0f} {UNITS[unit]}" if unit == 0 else f"{amount:,.1f} {UNITS[unit]}"


def ratio(part: float | None, whole: float | None) -> float | None:
    """The part of a whole; None where either is unknown or there is no whole."""
    return None if part is None or not whole else part / whole


FORMS: Final[dict[str, Callable[[Any], str]]] = {"plain": plain, "percent": percent, "size": size}
