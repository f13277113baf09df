"""Hosts that are asked on behalf of others, where these redirect requests for their policy files.

Without it, a thousand sites that name one host would have it asked a thousand times at once.
"""

from __future__ import annotations

import math

LOOK_SECONDS = 0.5  # between two looks at whether a host is still asked for another
MOST_NAMED = 1_000  # that were asked some time ago


class Guests:
    """Which hosts are asked for others now, or were just; one is known by its number, or by its name without one."""

    def __init__(self) -> None:
        self._free_at: dict[int | str, float] = {}

    def wait(self, host: int | str, now: float) -> float:
        """Seconds until the host may be asked again, or until it is worth while to look again; 0 if it may be now."""
        left = self._free_at.get(host, 0.0) - now
        return LOOK_SECONDS if left == math.inf else max(left, 0.0)

    def enter(self, host: int | str, now: float) -> None:
        """Note that the host is asked for another."""
        if len(self._free_at) >= MOST_NAMED:
            self._free_at = {key: at for key, at in self._free_at.items() if at > now}
        self._free_at[host] = math.inf

    def leave(self, host: int | str, free_at: float) -> None:
        """Note that it has answered, and when it may be asked again."""
        self._free_at[host] = free_at
