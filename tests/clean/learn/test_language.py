"""What is learnt, from a little text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import zstandard

from clean.language.kernels import PAIR_BITS, PAIR_STEPS
from clean.language.khmer_script import languages_in_khmer_script
from clean.language.model import LANGUAGES, model
from clean.language.scan import scan
from clean.learn.language import fit_letters, fit_pairs, labelled

SENTENCE = "សិស្សានុសិស្សបានដាំដើមឈើនៅក្នុងសាលា"


def test_pairs_count_in_bits_from_the_second_occurrence_on() -> None:
    table = fit_pairs(pa.array(["កខ"] * 8 + ["គឃ"], pa.large_string()))
    assert (table.shape, table.dtype) == ((1 << PAIR_BITS,), np.uint8)
    assert table[table > 0].tolist() == [3 * PAIR_STEPS]
    column = pa.array(["កខ", "គឃ"], pa.large_string())
    assert scan(column, table).pair_sum.tolist() == [3 * PAIR_STEPS, 0]


def test_lines_unlike_the_rest_are_not_learnt() -> None:
    foreign = "ឞ៝ឝឞ៉ឝ៊ឞឹឝឺឞាឝិឞីឝុឞូឝេឞៃឝោឞៅ"
    table = fit_pairs(pa.array([SENTENCE] * 200 + [foreign] * 2, pa.large_string()))
    sums = scan(pa.array([SENTENCE, foreign], pa.large_string()), table).pair_sum
    assert sums[0] > 0
    assert sums[1] == 0


def test_letters_tell_languages_apart() -> None:
    texts = {tag: [chr(0x1780 + 5 * n) * 30] for n, tag in enumerate(LANGUAGES)}
    letters = fit_letters(texts)
    column = pa.array([texts["pi"][0], texts["sa"][0], texts["km"][0], "ឥ" * 30], pa.large_string())
    assert languages_in_khmer_script(column, letters) == ["pi", "sa", "und-Khmr", "und-Khmr"]


def test_labelled_lines_are_read(tmp_path: Path) -> None:
    path = tmp_path / "lines.tsv.zst"
    path.write_bytes(
        zstandard.compress("label\tsource\tkind\ttext\nx\ts\tk\ta\tb\u2028c\nx\ts\tk\td\n".encode())
    )
    assert labelled(str(path))["x"] == ["a\tb\u2028c", "d"]


def test_the_model_is_small_and_cannot_be_changed() -> None:
    assert model().pairs.shape == (1 << PAIR_BITS,)
    assert model().letters.shape == (len(LANGUAGES), 128)
    assert not model().pairs.flags.writeable
