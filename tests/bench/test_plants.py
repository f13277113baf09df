"""What is planted can be made again, and is not the text it was made from."""

from __future__ import annotations

import random

import pytest

from bench.plants import NOISE, SPAM, Plant

ARTICLE = "\n".join(["នៅព្រឹកថ្ងៃច័ន្ទ សិស្សានុសិស្សបាននាំគ្នាដាំដើមឈើនៅក្នុងសាលា ដើម្បីឱ្យមានម្លប់ត្រជាក់។"] * 12)


@pytest.mark.parametrize("plant", [*NOISE.values(), *SPAM.values()], ids=[*NOISE, *SPAM])
def test_plants(plant: Plant) -> None:
    planted = plant(random.Random(1), ARTICLE)
    assert planted == plant(random.Random(1), ARTICLE)
    assert planted != ARTICLE
    assert len(planted) > 300
    assert "{" not in planted or plant is NOISE["symbols"]
