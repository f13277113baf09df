"""The plan: arithmetic with ranges, measured figures before assumed ones, and its command line."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.manifest import Manifest
from corpus.paths import Folder
from crawl.prospects.__main__ import main
from crawl.prospects.estimate import make_plan, text_bytes
from crawl.prospects.evidence import ORDER, Evidence, Range, assumed
from crawl.prospects.shown import span
from crawl.registry.entries import Entry, Size, chosen, entries

NO_RUN = Evidence(None)
COUNTS = ("documents", "chars", "bytes", "clusters", "tokens")


def row(source: str, fate: str, n_bytes: int, documents: int = 1) -> dict[str, Any]:
    return {
        "source": source,
        "fate": fate,
        "reason": "",
        **dict.fromkeys(COUNTS, 0),
        "bytes": n_bytes,
        "documents": documents,
    }


def save(run: Path, stage: str, ledger: list[dict[str, Any]], facts: dict[str, Any] | None = None) -> None:
    Manifest(stage, "", {}, {}, [], ledger, facts or {}).save(Folder(str(run)).child(stage))


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run that has the registered Wikipedia, and a crawl of its own."""
    folder = tmp_path / "runs" / "r"
    save(folder, "crawl", [row("web", "in", 900, 10), row("web", "kept", 900, 10)])
    save(
        folder, "clean", [row("wikipedia", "in", 1000), row("wikipedia", "kept", 800), row("web", "in", 900)]
    )
    save(
        folder,
        "dedup",
        [row("wikipedia", "in", 800), row("wikipedia", "kept", 200), row("web", "kept", 50_000)],
    )
    facts = {"evaluation": {"bytes_per_token": 12.5}, "tokenizer": {"name": "sastra-8000"}}
    save(folder, "tokenizer", [], facts)
    return folder


ranges = st.builds(
    lambda low, more, basis: Range(low, low + more, basis),
    st.floats(0.01, 1e6),
    st.floats(0, 1e6),
    st.sampled_from(ORDER),
)


@given(ranges, ranges)
def test_a_range_stays_one_and_is_as_uncertain_as_its_parts(one: Range, other: Range) -> None:
    for result in (one * other, one + other, one.over(other)):
        assert 0 < result.low <= result.high
        assert ORDER.index(result.basis) == max(ORDER.index(one.basis), ORDER.index(other.basis))
    assert one.over(other).low * other.high == pytest.approx(one.low)


def test_every_assumption_is_a_range_with_its_source() -> None:
    for kind, named in assumed().items():
        for name, value in named.items():
            assert 0 <= value.low <= value.high, (kind, name)
            assert value.source, (kind, name)
    shares = [*assumed()["kept"].values(), *assumed()["new"].values()]
    assert all(share.high <= 1 for share in shares)


def test_sizes_are_published_or_estimated_from_what_others_publish_of_both() -> None:
    known = [
        Entry("a", "a/a", "MIT", "c", {}, size=Size(text_bytes=400, download_bytes=100, words=20)),
        Entry("b", "b/b", "MIT", "c", {}, size=Size(text_bytes=500, download_bytes=100)),
    ]
    assert text_bytes(known[0].size, known) == Range(400, 400, "published")
    assert text_bytes(Size(download_bytes=10), known) == Range(40, 50, "estimated")
    assert text_bytes(Size(words=3), known) == Range(60, 60, "estimated")
    assert text_bytes(Size(documents=9), known).basis == "unknown"


def test_without_a_run_all_is_assumed() -> None:
    plan = make_plan(chosen(["fineweb2", "fineweb2_removed"]), NO_RUN, "", 2_000_000_000, 264)
    first, second = plan.prospects
    assert (first.kept, first.new) == (assumed()["kept"]["cleaned"], assumed()["new"]["first"])
    assert (second.kept, second.new) == (assumed()["kept"]["removed"], assumed()["new"]["removed"])
    per_token = assumed()["tokenizers"]["sastra-32k"]
    expected = entries()["fineweb2"].size.text_bytes * first.kept.low * first.new.low / per_token.high
    assert math.isclose(first.tokens.low, expected)
    assert second.cumulative == first.cumulative + second.tokens
    assert plan.left.tokens.high == 2_000_000_000 - second.cumulative.low
    assert plan.left.days.low <= plan.left.days.high


def test_what_came_before_holds_it() -> None:
    plan = make_plan(chosen(["culturax", "oscar2301"]), NO_RUN, "", 10**9, 1)
    assert plan.prospects[1].new == assumed()["new"]["held"]
    reverse = make_plan(chosen(["oscar2301", "culturax"]), NO_RUN, "", 10**9, 1)
    assert [p.new for p in reverse.prospects] == [assumed()["new"]["first"], assumed()["new"]["common_crawl"]]


def test_what_is_not_published_counts_for_nothing() -> None:
    plan = make_plan(chosen(["fineweb2", "mc4"]), NO_RUN, "", 10**9, 1)
    assert plan.prospects[1].text_bytes.basis == "unknown"
    assert plan.prospects[1].cumulative == plan.prospects[0].cumulative


def test_what_a_run_measured_takes_the_place_of_assumptions(run: Path) -> None:
    plan = make_plan(chosen(["wikipedia"]), Evidence(Folder(str(run))), "", 1_000_000_000, 10)
    [prospect] = plan.prospects
    assert (plan.tokenizer, plan.bytes_per_token.low) == ("sastra-8000", 12.5)
    assert (prospect.kept.low, prospect.new.low) == (0.8, 0.25)
    assert {prospect.kept.basis, prospect.new.basis, plan.bytes_per_token.basis} == {"measured"}
    assert plan.in_hand == {"web": 50_000}
    assert prospect.cumulative.low == pytest.approx((50_000 + 103_300_000 * 0.8 * 0.25) / 12.5)
    assert plan.left.pages.low == pytest.approx(plan.left.text_bytes.low / 5_000)


def test_a_named_tokenizer_goes_before_the_runs(run: Path) -> None:
    plan = make_plan(chosen(["wikipedia"]), Evidence(Folder(str(run))), "llama-3", 10**9, 10)
    assert (plan.tokenizer, plan.bytes_per_token.low) == ("llama-3", 1.8)


def test_a_target_that_is_reached_leaves_nothing() -> None:
    plan = make_plan(chosen(["fineweb2"]), NO_RUN, "", 1000, 10)
    assert (plan.left.tokens.high, plan.left.pages.high, plan.left.days.high) == (0, 0, 0)


@pytest.mark.parametrize(
    ("value", "unit", "digits", "text"),
    [
        (Range(1e9, 2e9, "assumed"), 1e9, 1, "1.0–2.0"),
        (Range(1.01e9, 1.02e9, "assumed"), 1e9, 1, "1.0"),
        (Range(1234e6, 5678e6, "assumed"), 1e6, 0, "1,234–5,678"),
    ],
)
def test_a_range_is_shown_as_far_as_it_is_known(value: Range, unit: float, digits: int, text: str) -> None:
    assert span(value, unit, digits) == text


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert isinstance(ended.value.code, int)
    return ended.value.code, *capsys.readouterr()


@pytest.mark.parametrize("target", ["1", "1000", "1000000"])
def test_columns_stay_apart(target: str, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = told(capsys, f"target={target}")
    assert f"Target: {int(target):,} tokens" in out
    [row] = [line for line in out.splitlines() if line.split()[:1] == ["fineweb2"]]
    assert len(row.split()) == 12


def test_the_command_line_tells_and_writes_the_plan(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plan.json"
    code, out, _ = told(capsys, "run=r", f"runs={run.parent}", f"json={path}")
    assert code == 0
    assert "Target: 2,000,000,000 tokens of sastra-8000 at 12.50 bytes each" in out
    assert all(name in out for name in entries())
    assert "Left for the crawl:" in out
    assert max(map(len, out.splitlines())) < 125
    plan = json.loads(path.read_text())
    assert [prospect["name"] for prospect in plan["prospects"]] == list(entries())
    assert plan["prospects"][0]["text_bytes"]["basis"] == "published"
    assert plan["so_far"]["low"] > 0


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("tokenizer=gpt-9", "tokenizer: got 'gpt-9'; expected one of sastra-32k"),
        ("registry=nothing", "registry: got 'nothing'"),
        ("target=many", "target: got 'many'"),
        ("target=0", "target: got '0'"),
        ("run=nobody", "no such run"),
        ("run=../x", "run: got '../x'"),
        ("rnu=x", "got 'rnu'"),
        ("target=១០", "target: got '១០'"),
        ("json=/nonexistent/x", "json: '/nonexistent/x' cannot be written"),
        ("json=", "json: '' cannot be written"),
    ],
)
def test_an_impossible_question_is_refused(
    word: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = told(capsys, word)
    assert (code, out) == (2, "")
    assert message in err
