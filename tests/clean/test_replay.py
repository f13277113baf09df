"""Decisions from stored attributes, and rules tried out on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from clean.decide import Rule
from clean.replay import Replay, main, replay, told
from clean.stage import STAGE
from corpus.errors import ConfigurationError
from corpus.stage import execute
from khmer.clusters import counts
from tests.clean.planted import RUN, config, fates, record, write_ingest


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, page: Callable[..., str], article: str) -> Path:
    """A finished run over pages and texts in two shards."""
    runs = tmp_path_factory.mktemp("runs")
    rows = [
        record("good", page().encode()),
        record("empty", b""),
        record("missing", page(["មិនមានអត្ថបទនេះទេ។"], heading="រកមិនឃើញទំព័រ").encode(), host="b.example"),
        record("text", text=article),
        record("short", text="ខ្លីណាស់។"),
        record("shorter", text="ខ្លី។"),
    ]
    write_ingest(runs, [rows[:3], rows[3:]])
    execute(STAGE, config(runs))
    return runs


def position(runs: Path, reason: str) -> int:
    """Where the one rule for a reason stands."""
    (found,) = [n for n, rule in enumerate(config(runs).rules) if rule.reason == reason]
    return found


def decided(found: Replay, side: str) -> dict[str, str | None]:
    reasons = getattr(found, side).reason.to_pylist()
    return dict(zip(found.scores["id"].to_pylist(), reasons, strict=True))


def columns(printed: str, name: str) -> list[str]:
    """The figures of a line of the table."""
    (line,) = [line for line in printed.splitlines() if line.startswith(name.ljust(24))]
    return line[24:].split()


def test_the_same_rules_decide_the_same_from_attributes_alone(
    finished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clean.documents.score", None)
    found = replay(config(finished))
    assert decided(found, "standing") == decided(found, "replayed") == fates(finished)
    assert "text" not in found.scores.column_names


def test_other_rules_are_held_against_those_of_the_run(finished: Path) -> None:
    found = replay(config(finished, f"rules.{position(finished, 'too_short')}.below=3"))
    assert decided(found, "standing")["short"] == "too_short"
    assert decided(found, "replayed") == fates(finished) | {"short": None}


def test_without_a_rule_nothing_is_dropped(finished: Path) -> None:
    found = replay(replace(config(finished), rules=[]))
    assert found.replayed.reason.null_count == len(found.scores) == 6
    assert found.standing.reason.null_count == 2


def test_a_score_of_pages_drops_no_text_that_came_without_one(finished: Path) -> None:
    found = replay(replace(config(finished), rules=[Rule("page_main_share", "x", above=-1)]))
    reasons = decided(found, "replayed")
    assert (reasons["good"], reasons["empty"], reasons["text"]) == ("x", "x", None)


def test_the_table_tells_what_changes_by_fate_and_source(
    finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    short = position(finished, "too_short")
    words = [f"rules.{short}.below=3", "rules.0.score=page_main_share"]
    main([f"run={RUN}", f"runs={finished}", *words])
    printed = capsys.readouterr().out
    assert columns(printed, "kept")[:3] == ["2", "2", "+0"]
    assert columns(printed, "too_short")[:3] == ["2", "1", "-1"]
    assert columns(printed, "too_large")[:3] == ["0", "2", "+2"]
    assert columns(printed, "imported")[:3] == ["1", "2", "+1"]
    assert columns(printed, "web")[:3] == ["1", "0", "-1"]
    assert "newly kept: 1, such as short" in printed
    assert "newly dropped: 1, such as good" in printed


def test_clusters_are_counted_beside_documents(finished: Path, article: str) -> None:
    printed = told(replay(config(finished, f"rules.{position(finished, 'too_short')}.below=1000")))
    before, after = (int(figure.replace(",", "")) for figure in columns(printed, "kept")[3:])
    assert before == 2 * counts(pa.array([article], pa.large_string())).n_clusters[0]
    assert after == 0
    assert columns(printed, "imported")[:3] == ["1", "0", "-1"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rules.0.score=no_such"], "got 'no_such'"),
        (["run=other"], "the stage 'clean' has not finished"),
        (["rules.0.abov=3"], "abov"),
    ],
)
def test_what_cannot_be_replayed_is_said_in_a_line(
    finished: Path, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([f"run={RUN}", f"runs={finished}", *words])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_replay_needs_a_finished_run(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="has not finished"):
        replay(config(tmp_path))
