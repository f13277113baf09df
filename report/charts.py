"""Charts as SVG text: positions in per cent, type in pixels, so that nothing shrinks on a narrow screen.

Kept is solid, dropped hatched, edited outlined: the difference survives a black-and-white print. Every chart
has a title and a description for screen readers; the page puts a table with the same figures beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from math import sqrt
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from report.numbers import plain

ROW = 46  # pixels: a line of text and a bar
BAR = 14
BAR_SHARE = 0.68  # of the width; the rest is for the figure after the longest bar
PLOT = 150
HISTOGRAM = 96


class Label(NamedTuple):
    """A text in both languages."""

    km: str
    en: str


class Bar(NamedTuple):
    """A row of bars laid end to end: class and length of each part, in the unit of the chart."""

    label: Label
    parts: Sequence[tuple[str, float]]
    figure: str


class Series(NamedTuple):
    """A line: its class and its points (x, y)."""

    kind: str
    points: Sequence[tuple[float, float]]


def element(name: str, attributes: Mapping[str, Any], content: str = "") -> Markup:
    """An element with escaped attributes; its content is markup."""
    shown = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
    return Markup(f"<{name}{shown}>{content}</{name}>")  # noqa: S704 (values are escaped, content is markup)


def words(label: Label) -> Markup:
    """Both languages of a label, to be shown or hidden by the style sheet; a proper name once."""
    if label.km == label.en:
        return element("tspan", {}, escape(label.en))
    return (
        element("tspan", {"class": "km", "lang": "km"}, escape(label.km))
        + element("tspan", {"class": "sep"}, " · ")
        + element("tspan", {"class": "en", "lang": "en"}, escape(label.en))
    )


def at(share: float) -> str:
    """A position across the chart."""
    return f"{100 * share:.3f}".rstrip("0").rstrip(".") + "%"


@dataclass
class Charts:
    """Draws the charts of one page; ids are counted, so the page is the same each time."""

    _ids: Any = field(default_factory=lambda: count(1))

    def _frame(self, title: Label, description: Label, height: int, content: str) -> Markup:
        number = next(self._ids)
        names = {part: f"chart-{number}-{part}" for part in ("title", "about")}
        head = element("title", {"id": names["title"]}, escape(f"{title.km} · {title.en}"))
        head += element("desc", {"id": names["about"]}, escape(f"{description.km} · {description.en}"))
        attributes = {"class": "chart", "role": "img", "width": "100%", "height": height}
        return element("svg", attributes | {"aria-labelledby": " ".join(names.values())}, head + content)

    def bars(
        self, title: Label, description: Label, rows: Sequence[Bar], whole: float | None = None
    ) -> Markup:
        """Horizontal bars on one scale, from 0 to `whole` or to the longest."""
        longest = whole or max((sum(length for _, length in row.parts) for row in rows), default=0) or 1
        drawn = Markup("").join(_row(n * ROW, row, longest) for n, row in enumerate(rows))
        return self._frame(title, description, max(1, len(rows)) * ROW, drawn)

    def progress(self, title: Label, description: Label, share: float) -> Markup:
        """How much of the whole is reached."""
        frame = {"class": "whole", "x": 0, "y": 1, "width": "100%", "height": 22}
        done = {"class": "kept", "x": 0, "y": 1, "width": at(min(share, 1.0)), "height": 22}
        return self._frame(title, description, 24, element("rect", frame) + element("rect", done))

    def histogram(self, title: Label, description: Label, row: Mapping[str, Any]) -> Markup:
        """Counts of bins between `edges`; what a rule drops stands hatched on the rest.

        Heights are square roots of counts, so that rare scores are seen.
        """
        edges = row["edges"]
        low, span = edges[0], edges[-1] - edges[0]
        places = [(edge - low) / span for edge in edges]
        counts = list(zip(row["kept"], row["dropped"], strict=True))
        highest = max(map(sum, counts)) or 1
        heights = [_heights(kept, dropped, highest) for kept, dropped in counts]
        drawn = _outline(places, [kept for kept, _ in heights])
        for left, right, (kept, dropped) in zip(places, places[1:], heights, strict=False):
            if dropped:
                place = {"x": at(left), "width": at(right - left)}
                place |= {"y": f"{18 + HISTOGRAM - kept - dropped:g}", "height": f"{dropped:g}"}
                drawn += element("rect", {"class": "dropped", **place})
        for rule in row["rules"]:
            drawn += _threshold((rule["threshold"] - low) / span, plain(float(rule["threshold"])))
        left = plain(low if abs(low) > span / 1000 else 0.0)
        axis = _axis(left, plain(edges[-1]), HISTOGRAM + 34)
        return self._frame(title, description, HISTOGRAM + 40, drawn + axis)

    def lines(self, title: Label, description: Label, series: Sequence[Series]) -> Markup:
        """Curves on one pair of axes; the horizontal one begins at 0, the vertical one at the least value."""
        points = [point for line in series for point in line.points]
        right, heights = max(x for x, _ in points) or 1, [y for _, y in points]
        bottom, top = min(heights), max(heights)
        drawn = Markup("").join(_polyline(line, right, bottom, (top - bottom) or 1) for line in series)
        plot = {"x": 0, "y": 18, "width": "100%", "height": PLOT, "viewBox": "0 0 1000 1000"}
        inner = element("svg", plot | {"preserveAspectRatio": "none"}, drawn)
        highest = element("text", {"x": 0, "y": 12}, escape(f"{top:.4g}"))
        lowest = element("text", {"x": 0, "y": PLOT + 12, "class": "figure"}, escape(f"{bottom:.4g}"))
        axis = _axis("0", f"{right:,.0f}", PLOT + 34)
        return self._frame(title, description, PLOT + 40, inner + highest + lowest + axis)


def _row(top: int, row: Bar, longest: float) -> Markup:
    drawn, start = element("text", {"x": 0, "y": top + 16}, words(row.label)), 0.0
    for kind, length in row.parts:
        width = BAR_SHARE * max(length, 0) / longest
        place = {"x": at(start), "y": top + 25, "width": at(width), "height": BAR}
        drawn += element("rect", {"class": kind, **place})
        start += width
    place = {"x": at(start), "dx": 6, "y": top + 37, "class": "figure"}
    return drawn + element("text", place, escape(row.figure))


def _heights(kept: int, dropped: int, highest: int) -> tuple[float, float]:
    """Pixels of a bin's kept and dropped counts, on each other; the smallest is still a pixel high."""
    pixels = HISTOGRAM * sqrt((kept + dropped) / highest) / ((kept + dropped) or 1)
    low, high = (max(1.0, round(pixels * count, 1)) if count else 0.0 for count in (kept, dropped))
    return low, high


def _outline(places: Sequence[float], heights: Sequence[float]) -> Markup:
    """Solid bars side by side as one shape: `heights` in pixels, between places across the chart."""
    tops = " ".join(
        f"V{HISTOGRAM - height:g}H{1000 * right:.4g}"
        for right, height in zip(places[1:], heights, strict=True)
    )
    plot = {"x": 0, "y": 18, "width": "100%", "height": HISTOGRAM, "viewBox": f"0 0 1000 {HISTOGRAM}"}
    shape = element("path", {"class": "kept", "d": f"M0 {HISTOGRAM}{tops}V{HISTOGRAM}Z"})
    return element("svg", plot | {"preserveAspectRatio": "none"}, shape)


def _threshold(share: float, figure: str) -> Markup:
    line = {"class": "threshold", "x1": at(share), "x2": at(share), "y1": 14, "y2": 18 + HISTOGRAM}
    side = "end" if share > 0.5 else "start"
    text = {"x": at(share), "y": 12, "text-anchor": side, "class": "figure"}
    return element("line", line) + element("text", text, escape(figure))


def _axis(left: str, right: str, y: int) -> Markup:
    line = element("line", {"class": "axis", "x1": 0, "x2": "100%", "y1": y - 16, "y2": y - 16})
    start = element("text", {"x": 0, "y": y}, escape(left))
    return line + start + element("text", {"x": "100%", "y": y, "text-anchor": "end"}, escape(right))


def _polyline(line: Series, right: float, bottom: float, span: float) -> Markup:
    places = ((x / right, 1 - (y - bottom) / span) for x, y in line.points)
    points = " ".join(f"{1000 * x:.1f},{1000 * y:.1f}" for x, y in places)
    shape = {"class": f"line {line.kind}", "points": points, "vector-effect": "non-scaling-stroke"}
    return element("polyline", shape)
