"""The two ways in which a run stops with one clear line instead of a traceback."""

from __future__ import annotations


class SastraError(Exception):
    """A fault whose message tells the user what is wrong and what to try; never a bug."""

    exit_code = 1


class StageError(SastraError):
    """Work that began could not go on; finished shards are kept and the same command goes on from them."""


class ConfigurationError(SastraError):
    """The configuration or an input is impossible; raised before any work is done."""

    exit_code = 2
