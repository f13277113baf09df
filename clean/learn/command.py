"""The front door of this package's commands."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from corpus.cli import fail
from corpus.errors import ConfigurationError, SastraError


def answer(words: Sequence[str], usage: str | None, work: Callable[[Sequence[str]], str]) -> None:
    """Print what the work has to tell, or the usage where no word or help is asked for; a fault is one line."""
    if not words or {"-h", "--help"} & set(words):
        print(usage)  # noqa: T201 (a command line)
        return
    try:
        print(work(words))  # noqa: T201 (a command line)
    except SastraError as error:
        fail(str(error), error.exit_code)


def only_file(words: Sequence[str], module: str) -> str:
    """The one file that is named; ConfigurationError where there are more."""
    if len(words) != 1:
        msg = f"{module}: got {len(words)} files; expected one. Try: python -m {module} --help"
        raise ConfigurationError(msg)
    return words[0]
