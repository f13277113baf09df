"""The judge of passages: it counts what stays twice, and sees a cut that takes what nothing else holds."""

from __future__ import annotations

import numpy as np
import pytest

from bench.dedup.near import Corpus
from bench.dedup.passages import losses, repeats
from bench.deduplicated import Decisions

SHARED = (
    "ក្រសួងសុខាភិបាលណែនាំប្រជាពលរដ្ឋឱ្យលាងដៃជាមួយសាប៊ូមុនពេលហូបអាហារនិងក្រោយពេលប្រើបង្គន់ ដើម្បីបង្ការជំងឺរាករូសដែលកើតមានច្រើននៅដើមរដូវវស្សា។ "
    * 2
)
FIRST = "លោកគ្រូសុខាប្រាប់សិស្សអំពីប្រវត្តិទន្លេមេគង្គ និងជីវិតអ្នកនេសាទនៅតាមដងទន្លេនេះ"
SECOND = "នៅផ្សារព្រៃវែង តម្លៃស្រូវធ្លាក់ចុះបន្តិច ខណៈអ្នកទិញមកពីក្រៅស្រុកថយចំនួន"
TEXTS = [f"{FIRST}\n{SHARED}\n{SECOND}", f"{SECOND}\n{SHARED}", f"{SHARED}\n{FIRST}"]
IDS = ["a", "b", "c"]
CORPUS = Corpus(IDS, TEXTS, Decisions(set(IDS), {}))


@pytest.mark.parametrize(
    ("after", "expected"),
    [(TEXTS, (2, 2)), ([TEXTS[0], SECOND, FIRST], (2, 0)), ([TEXTS[0], SECOND, TEXTS[2]], (2, 1))],
)
def test_repeats(after: list[str], expected: tuple[int, int]) -> None:
    passages, families = np.array([4, 4, 4]), np.arange(3)
    assert repeats(CORPUS, passages, families, dict(zip(IDS, after, strict=True))) == expected
    assert repeats(CORPUS, np.array([4, -1, 5]), families, dict(zip(IDS, after, strict=True))) == (0, 0)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ({"a": TEXTS[0], "b": SECOND, "c": FIRST}, (2, 0)),
        ({"a": TEXTS[0], "b": TEXTS[1]}, (0, 0)),  # the third was removed, not cut
        ({"a": f"{FIRST}\n{SECOND}", "b": SECOND, "c": FIRST}, (3, 3)),
        ({"a": FIRST, "b": TEXTS[1], "c": TEXTS[2][:-20]}, (2, 0)),
    ],
)
def test_losses(after: dict[str, str], expected: tuple[int, int]) -> None:
    assert losses(CORPUS, after) == expected
