"""Ties that lead through others."""

from __future__ import annotations

import numpy as np

from dedup.config import Reason
from dedup.decide import resolve

KEPT, EXACT, NEAR, URL = Reason


def test_every_tie_is_drawn_to_a_document_that_stays() -> None:
    #         0     1      2     3      4    5    6
    reason = [KEPT, NEAR, EXACT, EXACT, URL, URL, EXACT]
    kept = [0, 0, 1, 0, 1, 0, 5]
    similar = [1.0, 0.85, 1.0, 1.0, 1.0, 1.0, 1.0]
    to, why, score = resolve(np.array(kept, np.uint32), np.array(reason, np.uint8), np.array(similar))
    assert to.tolist() == [0] * 7
    assert why.tolist() == [KEPT, NEAR, NEAR, EXACT, URL, URL, URL]
    assert score[:4].tolist() == [1.0, 0.85, 0.85, 1.0]
    assert np.isnan(score[4:]).all()
