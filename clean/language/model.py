"""What is known of Khmer and of other languages in Khmer script, learnt by `python -m clean.learn.language`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

MODEL: Final = Path(__file__).with_name("model.npz")
# The rows of `Model.letters`, as BCP 47 tags: Khmer, Pali, Sanskrit, Brao, Jarai, Bunong.
LANGUAGES: Final = ("km", "pi", "sa", "brb", "jra", "cmo")


class Model(NamedTuple):
    """Both tables are statistics: no text can be read back from them."""

    pairs: NDArray[np.uint8]  # (2 ** PAIR_BITS,): see clean.language.kernels
    letters: NDArray[np.float32]  # (languages, 128): base-2 logarithm of the share of each letter from U+1780


@cache
def model() -> Model:
    """The model that the repository ships."""
    with np.load(MODEL) as stored:
        pairs, letters = stored["pairs"], stored["letters"]
    for table in (pairs, letters):
        table.flags.writeable = False
    return Model(pairs, letters)
