"""The packed model: its file, and texts of any kind."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from clean.ngram.kernels import Ngrams, add_ngrams, find
from clean.ngram.model import SHIPPED, NgramModel, loaded
from corpus.errors import ConfigurationError
from khmer.clusters import unit_hashes


def test_what_is_shipped_is_small_and_says_where_it_comes_from() -> None:
    assert SHIPPED.stat().st_size < 2_500_000
    model = loaded(SHIPPED)
    assert model is loaded(SHIPPED)
    assert len(model.note["licences"]) == 7
    assert model.note["covered"] > 0.99


def test_a_file_comes_back_as_it_was(tmp_path: Path) -> None:
    model = loaded(SHIPPED)
    (tmp_path / "copy").write_bytes(model.to_bytes())
    again = NgramModel.load(tmp_path / "copy")
    assert again.to_bytes() == model.to_bytes() == SHIPPED.read_bytes()


@pytest.mark.parametrize("content", [None, b"", b"not a model"])
def test_what_is_no_model_is_refused_by_name(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "model.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"model\.safetensors: not an n-gram model"):
        NgramModel.load(path)


def test_any_text_has_a_cost() -> None:
    texts = ["", "abc 123", "\u17d2\u17d2\u17d2", "ក" * 20_000, "់" * 50, "\n" * 9, "ខ្មែរ", "🙂ក\ufffdខ"]
    found = loaded(SHIPPED).bits(unit_hashes(pa.array(texts)))
    assert np.isfinite(found.bits).all()
    assert (found.bits >= 0).all()
    assert found.n_known[[0, 1, 5, 6, 7]].tolist() == [0, 0, 0, 2, 2]


def test_texts_cost_the_same_alone_and_together() -> None:
    texts = ["សាលារៀនបានបើកទ្វារ", "កសិករដាំស្រូវ", "abc"]
    together = loaded(SHIPPED).bits(unit_hashes(pa.array(texts))).bits
    alone = [loaded(SHIPPED).bits(unit_hashes(pa.array([text]))).bits[0] for text in texts]
    assert together.tolist() == alone


def test_a_table_that_is_too_small_is_refused() -> None:
    keys = np.arange(1, 33, dtype=np.uint64)
    costs = np.full(32, 1 << 8, np.uint32)
    small = Ngrams(np.zeros(4, np.uint8), np.zeros(16, np.uint32))
    assert not add_ngrams(small, keys, costs)
    large = Ngrams(np.zeros(16, np.uint8), np.zeros(64, np.uint32))
    assert add_ngrams(large, keys, costs)
    assert [find(large, key) & 0xFFFF for key in keys] == costs.tolist()
    assert np.count_nonzero(large.slots) == 32
