"""A question about one document of a run, `run=NAME url=URL` or `id=ID`, as a command line asks it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NoReturn

from corpus.cli import fail
from corpus.errors import ConfigurationError, SastraError
from corpus.stage import StageConfig, check_run_name

WORDS: Final = "run=NAME url=URL | id=ID [runs=FOLDER]"
KEYS: Final = ("run", "runs", "url", "id")


@dataclass(frozen=True)
class Question:
    """Which run, and which document of it: by URL or by id."""

    config: StageConfig
    column: str
    value: str

    @classmethod
    def parse(cls, module: str, words: Sequence[str]) -> Question:
        """The question asked of `python -m MODULE`; ConfigurationError if it is none."""
        given = dict(word.partition("=")[::2] for word in words)
        name, asked_in = module.rpartition(".")[2], " ".join(words)
        if any("\ud800" <= char <= "\udfff" for word in words for char in word):
            msg = f"{name}: got {asked_in!a}; expected UTF-8. Try: id=ID"
            raise ConfigurationError(msg)
        unknown = [key for key in given if key not in KEYS]
        asked = [key for key in ("url", "id") if given.get(key)]
        if unknown or len(asked) != 1 or not given.get("run"):
            msg = (
                f"{name}: got {asked_in!r}; expected run=NAME and one of url=URL, id=ID. "
                f"Try: python -m {module} {WORDS}"
            )
            raise ConfigurationError(msg)
        check_run_name(given["run"])
        config = StageConfig(run=given["run"], runs=given.get("runs", "runs"))
        return cls(config, asked[0], given[asked[0]])


def answer(module: str, words: Sequence[str], told: Callable[[Question], Iterable[str]]) -> NoReturn:
    """Show the lines told of a question and exit: 0 when there is an answer, 2 when the run knows no such document."""
    if {"-h", "--help", "help"} & set(words):
        sys.stdout.write(f"usage: python -m {module} {WORDS}\n")
        sys.exit(0)
    try:
        lines = list(told(Question.parse(module, words)))
    except SastraError as error:
        fail(str(error), error.exit_code)
    sys.stdout.write("\n".join(lines) + "\n")
    sys.exit(0)
