from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from train.data import TokenStream
from train.evaluate import bits_per_byte, model_nats, total_nats
from train.model import Llama, ModelConfig


def test_bits_per_byte_by_hand():
    # «ក» 3 bytes at 1/8, the end token, «ខ្មែ» 12 bytes at 1/64: (3 + 6) bits over 15 bytes.
    nats = np.log([8.0, 1000.0, 64.0])
    n_bytes = np.array([3, 0, 12], np.int32)
    assert bits_per_byte(total_nats(nats, n_bytes), n_bytes) == pytest.approx(9 / 15)


def test_no_text_gives_zero():
    assert bits_per_byte(0.0, np.zeros(3, np.int32)) == 0


@pytest.mark.parametrize("n_targets", [5, 16, 17, 16 * 16, 16 * 40 + 3])
def test_ranks_share_the_windows_of_a_validation(tmp_path, n_targets):
    ids = np.random.default_rng(0).integers(0, 50, n_targets + 1).astype("<u2")
    ids.tofile(tmp_path / "part-0.bin")
    stream = TokenStream([str(tmp_path / "part-0.bin")])
    model = Llama(ModelConfig(50, 16, 16, 1, 2, 2, 32)).initialise(0)
    whole = model_nats(model, stream, n_targets)
    assert (whole > 0).all()
    shares = [model_nats(model, stream, n_targets, rank, 3) for rank in range(3)]
    assert np.allclose(sum(shares), whole)
    assert sum((share > 0).astype(int) for share in shares).tolist() == [1] * n_targets

    first = torch.from_numpy(ids[:6].astype(np.int64))[None]
    chances = model.logits(first[:, :-1]).softmax(-1)[0].tolist()
    by_hand = [-math.log(chances[n][ids[n + 1]]) for n in range(5)]
    assert whole[:5] == pytest.approx(by_hand, rel=1e-4)
