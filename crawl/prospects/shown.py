"""The plan as a table on the terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from crawl.prospects.estimate import Plan, Prospect
from crawl.prospects.evidence import Range

GIGA, MEGA = 1e9, 1e6
MANY = 100.0  # targets
MARKS = {"measured": "m", "published": "p", "estimated": "e", "assumed": "a", "unknown": "?"}
HEAD = f"  {'dataset':<18}{'text, GB':>16}{'kept':>14}{'new':>14}{'tokens, M':>18}{'so far, M':>18}{'of target':>14}"


def lines(plan: Plan) -> Iterator[str]:
    """The table, with what its letters mean and what is left for the crawl."""
    per_token = plan.bytes_per_token
    yield f"Target: {plan.target_tokens:,} tokens of {plan.tokenizer} at {span(per_token, 1, 2)} bytes each"
    yield f"        ({per_token.basis}: {per_token.source}) = {span(_target_bytes(plan), GIGA, 1)} GB of Khmer text"
    yield ""
    yield HEAD
    for name, n_bytes in plan.in_hand.items():
        yield f"  {name[:17]:<18}{n_bytes / GIGA:>14,.2f} m{'':>28}{n_bytes / per_token.high / MEGA:>16,.0f} m"
    yield from (_line(plan, prospect) for prospect in plan.prospects)
    yield ""
    yield "  m measured in the run, p published, e estimated from what others publish, a assumed, ? not published"
    yield "  * its terms must be accepted first. What is not published counts for nothing."
    yield ""
    yield from _left(plan)


def _target_bytes(plan: Plan) -> Range:
    return Range(float(plan.target_tokens), float(plan.target_tokens), "measured") * plan.bytes_per_token


def _line(plan: Plan, prospect: Prospect) -> str:
    name = f"{prospect.name}{'*' if prospect.gated else ''}"
    if prospect.text_bytes.basis == "unknown":
        return f"  {name:<18}{'?':>16}"
    target = Range(float(plan.target_tokens), float(plan.target_tokens), "measured")
    reached = prospect.cumulative.over(target)
    cells = [
        f"{marked(prospect.text_bytes, GIGA, 2):>16}",
        f"{marked(prospect.kept, 1, 2):>14}",
        f"{marked(prospect.new, 1, 2):>14}",
        f"{marked(prospect.tokens, MEGA, 0):>18}",
        f"{marked(prospect.cumulative, MEGA, 0):>18}",
        f" {span(reached, 1, 2 if reached.high < MANY else 0):>13}",
    ]
    return f"  {name:<18}{''.join(cells)}"


def _left(plan: Plan) -> Iterator[str]:
    left = plan.left
    if left.tokens.high <= 0:
        yield "Nothing is left for the crawl: even the low figures reach the target."
        return
    yield f"Left for the crawl: {span(left.tokens, MEGA, 0)} M tokens = {span(left.text_bytes, GIGA, 1)} GB of text,"
    rate = span(left.pages_per_second, 1, 0)
    yield f"  {span(left.pages, MEGA, 1)} M pages to fetch; politely, {rate} pages/s from {plan.n_seeds:,} seeds:"
    yield f"  {span(left.days, 1, 0)} days ({left.days.basis})."


def span(value: Range, unit: float, digits: int) -> str:
    """A range in a unit; one figure where both ends read the same."""
    low, high = (f"{end / unit:,.{digits}f}" for end in (value.low, value.high))
    return low if low == high else f"{low}–{high}"


def marked(value: Range, unit: float, digits: int) -> str:
    """A range with the letter of its basis."""
    return f"{span(value, unit, digits)} {MARKS[value.basis]}"


def as_json(plan: Plan) -> dict[str, Any]:
    """Every figure with its basis and source."""
    return {**asdict(plan), "in_hand": dict(plan.in_hand), "so_far": asdict(plan.so_far)}
