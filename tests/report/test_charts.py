from __future__ import annotations

import re
from math import sqrt
from xml.etree import ElementTree as ET

import pytest

from report.charts import HISTOGRAM, Bar, Charts, Label, Series

TITLE = Label("ប្រភព", "Sources")
ABOUT = Label("បៃ", "bytes & <more>")


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def widths(svg: str) -> list[float]:
    return [float(width) for width in re.findall(r'<rect class="[a-z]+"[^>]* width="([\d.]+)%"', svg)]


def test_bars_are_to_scale_and_laid_end_to_end() -> None:
    row = Bar(Label("សម្អាត", "clean"), [("kept", 30), ("dropped", 10)], "30")
    svg = Charts().bars(TITLE, ABOUT, [row, Bar(Label("ស្ទួន", "dedup"), [("kept", 20)], "20")])
    kept, dropped, second = widths(svg)
    assert kept == 3 * dropped
    assert second == 2 * dropped
    assert f'x="{kept:g}%"' in svg


def test_a_step_that_adds_text_has_no_bar_of_negative_length() -> None:
    svg = Charts().bars(TITLE, ABOUT, [Bar(TITLE, [("kept", 10), ("edited", -10)], "10")])
    assert widths(svg)[1] == 0


def test_a_chart_is_well_formed_and_names_itself() -> None:
    svg = Charts().bars(TITLE, ABOUT, [Bar(Label("<ក>", "a & b"), [("kept", 1)], "1")])
    root = parsed(svg)
    title, about = root.find("title"), root.find("desc")
    assert title is not None
    assert about is not None
    assert about.text == "បៃ · bytes & <more>"
    assert root.get("aria-labelledby") == f"{title.get('id')} {about.get('id')}"


def test_ids_are_counted() -> None:
    charts = Charts()
    first, second = (charts.progress(TITLE, ABOUT, 0.5) for _ in range(2))
    assert "chart-1-title" in first
    assert "chart-2-title" in second
    assert Charts().progress(TITLE, ABOUT, 0.5) == first


def test_progress_beyond_the_target_fills_the_bar() -> None:
    assert widths(Charts().progress(TITLE, ABOUT, 1.7)) == [100, 100]


def test_a_histogram_hatches_what_the_rule_drops_and_marks_the_threshold() -> None:
    rule = {"reason": "not_khmer", "above": None, "below": 0.3, "threshold": 0.3}
    row = {"edges": [0, 0.3, 0.6], "kept": [0, 50], "dropped": [2, 0], "rules": [rule]}
    svg = Charts().histogram(TITLE, ABOUT, row)
    (dropped,) = parsed(svg).iter("rect")
    assert dropped.get("class") == "dropped"
    assert float(dropped.get("height", 0)) == pytest.approx(HISTOGRAM * sqrt(2 / 50), abs=0.05)
    (kept,) = parsed(svg).iter("path")
    assert kept.get("d") == f"M0 {HISTOGRAM}V{HISTOGRAM}H500 V0H1000V{HISTOGRAM}Z"
    (mark,) = [e for e in parsed(svg).iter("line") if e.get("class") == "threshold"]
    assert mark.get("x1") == "50%"


def test_dropped_stands_on_kept_and_the_smallest_count_is_seen() -> None:
    row = {"edges": [0, 1], "kept": [999_999], "dropped": [1], "rules": []}
    (dropped,) = parsed(Charts().histogram(TITLE, ABOUT, row)).iter("rect")
    assert dropped.get("height") == "1"
    assert float(dropped.get("y", 0)) == pytest.approx(18 - 1)


def test_an_axis_that_all_but_begins_at_zero_says_so() -> None:
    row = {"edges": [9e-6, 0.5], "kept": [1], "dropped": [0], "rules": []}
    ends = [e.text for e in parsed(Charts().histogram(TITLE, ABOUT, row)).iter("text")]
    assert ends == ["0", "0.5"]


def test_a_large_threshold_is_written_out() -> None:
    rule = {"reason": "too_large", "above": 16777216.0, "below": None, "threshold": 16777216.0}
    row = {"edges": [0, 16777216.0, 2e7], "kept": [1, 0], "dropped": [0, 0], "rules": [rule]}
    assert "16,777,216" in Charts().histogram(TITLE, ABOUT, row)


def test_a_curve_runs_from_corner_to_corner() -> None:
    svg = Charts().lines(TITLE, ABOUT, [Series("first", [(0, 8), (100, 0)])])
    (line,) = parsed(svg).iter("polyline")
    assert line.get("points") == "0.0,0.0 1000.0,1000.0"


def test_a_curve_that_is_level_is_drawn() -> None:
    svg = Charts().lines(TITLE, ABOUT, [Series("first", [(0, 2), (10, 2)])])
    (line,) = parsed(svg).iter("polyline")
    assert line.get("points") == "0.0,1000.0 1000.0,1000.0"


def test_a_chart_of_nothing_is_drawn() -> None:
    assert parsed(Charts().bars(TITLE, ABOUT, [])).get("role") == "img"
