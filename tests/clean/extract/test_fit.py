"""The fit of the content model."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from clean.extract.content import FEATURES
from clean.extract.fit import fit, rows


def test_a_fit_learns_what_the_labels_say(page: Callable[..., str], article: str) -> None:
    pages = [{"html": page(), "text": article, "title": "សិស្សដាំដើមឈើ", "weight": 1.0}]
    x, y, w = rows(iter(pages))
    assert y.sum() == 3
    assert np.isclose(w.sum(), 1.0, atol=0.2)
    beta = fit(x, y, w)
    assert beta.shape == (len(FEATURES) + 1,)
    likely = x @ beta[:-1] + beta[-1] > 0
    assert np.array_equal(likely, y.astype(bool))
