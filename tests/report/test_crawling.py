"""The crawl's panel: what hosts gave, who refused, what waits."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from corpus.stage import execute
from crawl.health import DAYS, HOSTS
from report.crawling import crawling
from report.records import RunRecord
from report.stage import STAGE
from tests.report.conftest import RunWriter

NOTHING: dict[str, Any] = {
    "fetched": 0, "kept": 0, "classes": [], "kinds": [], "refused": [], "unfollowed": [], "khmer_bytes": 0,
    "new_khmer_bytes": 0, "body_bytes": 0, "pending": 0, "covered": 0, "too_deep": 0, "parked": 0,
    "is_parked": False, "paused_until": None, "paused_for": "", "robots": [], "best_lanes": [],
}  # fmt: skip
NEWS = NOTHING | {
    "host": "news.khmer.test", "fetched": 40, "classes": [("2xx", 38), ("4xx", 2)], "refused": [("opt_out", 3)],
    "new_khmer_bytes": 600_000, "body_bytes": 2_000_000,
}  # fmt: skip
SHOP = NOTHING | {
    "host": "shop.khmer.test", "fetched": 60, "refused": [("opt_out", 1), ("timeout", 2)], "body_bytes": 900_000,
    "new_khmer_bytes": 900, "pending": 400, "parked": 400, "is_parked": True,
}  # fmt: skip
SHY = NOTHING | {
    "host": "shy.khmer.test", "pending": 7, "paused_until": datetime(2026, 12, 1, 6, 30, tzinfo=UTC),
    "paused_for": "http_429",
}  # fmt: skip


@pytest.fixture
def writer(tmp_path) -> RunWriter:
    made = RunWriter(tmp_path)
    task = made.task("crawl")
    days = [{"day": f"2026-11-2{n}", "answers": 50, "bytes": 10**6, "khmer_bytes": 3 * 10**5} for n in (5, 6)]
    for name, rows, schema in (("hosts", [NEWS, SHOP, SHY], HOSTS), ("days", days, DAYS)):
        made.write(task, f"health/{name}.parquet", pa.Table.from_pylist(rows, schema))
    facts = {"hosts": 3, "body_bytes": 2_900_000, "khmer_bytes": 800_000, "new_khmer_bytes": 600_900}
    made.finish(task, status={"200": 98, "404": 2}, kinds={"page": 97, "robots": 3}, unfollowed={}, **facts)
    return made


def test_hosts_come_by_what_they_gave_and_refusals_by_how_many(writer) -> None:
    values, tables = crawling(RunRecord.open(writer.config))
    assert [row["host"] for row in tables["crawled_hosts"]] == [
        f"{n}.khmer.test" for n in ("news", "shop", "shy")
    ]
    assert tables["crawled_hosts"][0]["yield"] == pytest.approx(0.3)
    assert tables["refusals"] == [
        {"reason": "opt_out", "urls": 4, "hosts": 2},
        {"reason": "timeout", "urls": 2, "hosts": 1},
    ]
    assert [(row["host"], row["pending"]) for row in tables["held_hosts"]] == [
        ("shop.khmer.test", 400),
        ("shy.khmer.test", 7),
    ]
    assert values["answers"] == 100
    assert values["new_khmer_share"] == pytest.approx(600_900 / 2_900_000)


def test_the_page_tells_why_hosts_wait(writer) -> None:
    execute(STAGE, writer.config)
    page = (writer.folder.child("report").local() / "index.html").read_text(encoding="utf-8")
    assert "parked: too little Khmer text" in page
    assert "2026-12-01 06:30 UTC (<" in page
    assert "HTTP 429 asked too often" in page
    assert "2026-11-25" in page


def test_a_run_without_a_crawl_has_nothing_of_it(tmp_path) -> None:
    values, tables = crawling(RunRecord.open(RunWriter(tmp_path).config))
    assert set(values.values()) == {None}
    assert not any(tables.values())
