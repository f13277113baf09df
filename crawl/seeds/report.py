"""The findings for people: a page, and the lines of the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from crawl.seeds.finding import STATES, Finding

TEMPLATE: Final = "findings.html"


def page(found: Sequence[Finding]) -> str:
    """One self-contained page of HTML; `found` is in the order of states."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    times = sorted(one.checked_at for one in found)
    return environment.get_template(TEMPLATE).render(
        found=found,
        groups=[(state, list(group)) for state, group in groupby(found, lambda one: one.state)],
        states=STATES,
        first=times[0],
        last=times[-1],
    )


def told(facts: Mapping[str, Any]) -> str:
    """How many hosts stand how, a line for each state, and what they list."""
    states: Mapping[str, int] = facts["states"]
    lines = [f"{states[state]:>6,}  {state:<20} {STATES[state]}" for state in STATES if state in states]
    listing = ", ".join(f"{n:,} by {kind}" for kind, n in sorted(facts["listing"].items())) or "none"
    return "\n".join(
        [
            *lines,
            f"{facts['seeds']:,} seeds, {facts['requests']:,} requests; {facts['khmer']:,} first pages mostly in Khmer",
            f"pages listed: {listing}",
        ]
    )
