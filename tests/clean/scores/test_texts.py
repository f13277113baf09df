"""What texts share between scores, held against plain Python."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clean.scores import kernels
from clean.scores.kernels import Mark, Shape
from clean.scores.texts import Texts

PIECES = st.sampled_from(
    [
        *[
            "ក",
            "ខ្មែរ",
            "ល",
            "លើ",
            "។",
            "៕",
            "?",
            "!",
            ".",
            "..",
            "…",
            " ",
            "\n",
            "\n\n",
            "\t",
            "»",
            ")",
            '"',
            "’",
        ],
        *["•", "-", "#", "{", "}", "a", "9", "=", "é", "中", "🙂", "ៗ"],
    ]
)
TEXTS = st.lists(st.lists(PIECES, max_size=25).map("".join), max_size=5)
CLOSING = "»”’\"')]"


def plain(texts: list[str]) -> Texts:
    return Texts.without_pages(pa.array(texts, pa.large_string()))


def sentence_ends(text: str) -> int:
    """Runs of marks that end a sentence; ។ល។ takes both of its own away."""
    count, awaited = 0, ""
    for run in re.finditer(r"[។៕!?.]+", text):
        between = awaited and text[int(awaited) : run.start()]
        khmer = "។" in run[0] or "៕" in run[0]
        if khmer and between and re.fullmatch(r"\s*ល\s*", between):
            count, awaited = count - 1, ""
            continue
        after = text[run.end() : run.end() + 1]
        if khmer:
            count += 1
        elif "?" in run[0] or "!" in run[0]:
            count += not re.match(r"[A-Za-z0-9=&/]", after)
        else:
            count += len(run[0]) == 1 and (not after or after.isspace() or after in CLOSING)
        awaited = str(run.end()) if khmer else ""
    return count


def shape(line: str) -> Shape:
    body = line.rstrip(CLOSING + " \t")
    found = Shape.BULLETED if line[0] in "•‣▪▫◦●○■□·*-–—➢➤►✓✔" else Shape(0)
    if body.endswith(("..", "…")):
        return found | Shape.BROKEN_OFF
    return found | Shape.ENDED if body.endswith(tuple("។៕!?.")) else found


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_marks_are_those_of_plain_python(texts: list[str]) -> None:
    marks = plain(texts).marks
    assert marks[:, Mark.SENTENCE_ENDS].tolist() == [sentence_ends(text) for text in texts]
    symbols = [len(re.findall(r"#|…|\.\.+", text)) for text in texts]
    assert marks[:, Mark.SYMBOLS].tolist() == symbols
    assert marks[:, Mark.CURLY].tolist() == [text.count("{") + text.count("}") for text in texts]
    runs = [max(map(len, re.findall(r"[!-~]+", text)), default=0) for text in texts]
    assert marks[:, Mark.LONGEST_ASCII].tolist() == runs


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_lines_are_those_of_plain_python(texts: list[str]) -> None:
    batch = plain(texts)
    split = [[line.strip() for line in text.split("\n")] for text in texts]
    expected = [(n, line) for n, lines in enumerate(split) for line in lines if line]
    lines = batch.lines
    assert list(zip(lines.text.tolist(), lines.values.to_pylist(), strict=True)) == expected
    assert lines.n_chars.tolist() == [len(line) for _, line in expected]
    for kind in Shape:
        assert lines.are(kind).tolist() == [kind in shape(line) for _, line in expected]
    assert batch.repeated_lines.tolist() == [row in expected[:n] for n, row in enumerate(expected)]


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_paragraphs_are_those_of_plain_python(texts: list[str]) -> None:
    expected = []
    for n, text in enumerate(texts):
        lines = [line.strip() for line in text.split("\n")]
        for filled, group in itertools.groupby(lines, bool):
            expected += [(n, "\n".join(group))] if filled else []
    found = plain(texts).paragraphs
    assert found.text.tolist() == [n for n, _ in expected]
    assert found.n_chars.tolist() == [len(words.replace("\n", "")) for _, words in expected]
    assert found.repeated.tolist() == [row in expected[:n] for n, row in enumerate(expected)]


@pytest.mark.parametrize(
    ("text", "n_lines"), [("", 0), ("\n" * 5000, 0), (" \t\n ", 0), ("ក\n" * 5000, 5000), ("្" * 3000, 1)]
)
def test_odd_texts(text: str, n_lines: int) -> None:
    batch = plain(["ក។", text, "ខ"])
    assert batch.n_lines.tolist() == [1, n_lines, 1]
    assert batch.marks[:, Mark.SENTENCE_ENDS].tolist() == [1, 0, 0]


def test_a_slice_and_a_filtered_batch_have_their_own_lines() -> None:
    batch = plain(["ក\nខ", "គ", "ឃ\nង។"])
    part = Texts(batch.table.slice(1), batch.page.slice(1))
    assert part.lines.values.to_pylist() == ["គ", "ឃ", "ង។"]
    chosen = batch.filter(batch.n_lines > 1)
    assert chosen.lines.values.to_pylist() == ["ក", "ខ", "ឃ", "ង។"]
    assert part.lines.are(Shape.ENDED).tolist() == [False, False, True]


def test_characters_in_runs() -> None:
    batch = plain(["ក\nខខ\nគគគ\nឃ", "ក\nខ", "ក\nខ\nគ"])
    marked = batch.lines.n_chars < 3
    assert batch.chars_in_runs(marked, 2).tolist() == [3, 2, 3]
    assert batch.chars_in_runs(marked, 3).tolist() == [0, 0, 3]
    assert batch.chars_in_runs(marked, 4).tolist() == [0, 0, 0]


def test_roles_cover_every_character_that_is_looked_for() -> None:
    assert kernels.roles()[ord("។")] == kernels.Role.KHMER_END
    assert kernels.roles()[ord("-")] == kernels.Role.BULLET
    assert kernels.roles()[ord("ក")] == 0


def test_only_so_many_lines_of_a_text_are_looked_at(
    texts_of: Callable[..., Texts],
) -> None:
    many = "ក\n" * (kernels.MOST_LINES + 10)
    batch = texts_of([many, "ខ\nគ"])
    assert batch.n_lines.tolist() == [kernels.MOST_LINES, 2]
