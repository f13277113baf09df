"""FineWeb2's rules: the environment they need, their words, and what they say of the plainest texts."""

from __future__ import annotations

import ast
from pathlib import Path

import pyarrow as pa
import pytest

from clean.audit import fineweb2
from clean.scores.wording import STOP_WORDS
from corpus.errors import ConfigurationError, StageError

PEERS = Path(__file__).resolve().parents[3] / ".venv-peers"


def table(**texts: str) -> pa.Table:
    return pa.table({"id": list(texts), "text": list(texts.values())})


def test_a_missing_environment_is_named_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="bench-peers"):
        fineweb2.check(str(tmp_path))


def test_an_environment_without_datatrove_says_its_last_word(tmp_path: Path) -> None:
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.write_text("#!/bin/sh\necho 'No module named datatrove' >&2\nexit 1\n")
    python.chmod(0o755)
    with pytest.raises(StageError, match="No module named datatrove"):
        fineweb2.judge(table(a="សាលា"), str(tmp_path))


def test_our_stop_words_are_those_of_the_rules() -> None:
    tree = ast.parse(fineweb2.SCRIPT.read_text(encoding="utf-8"))
    [theirs] = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == "STOP_WORDS" and node.value
    ]
    assert tuple(theirs) == tuple(STOP_WORDS)


@pytest.mark.skipif(not (PEERS / "bin" / "python").exists(), reason="needs make bench-peers")
def test_a_reason_for_each_document() -> None:
    judged = fineweb2.judge(table(b="សាលារៀន", a=""), str(PEERS))
    assert judged.reasons == ["gopher_short_doc", "empty"]
    assert judged.version.startswith("datatrove")
