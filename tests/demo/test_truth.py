"""The embedded web crawled, cleaned and deduplicated, and the outcome held against what is known of every page."""

import json
import re
from pathlib import Path

import pyarrow as pa
import pytest
from warcio.archiveiterator import ArchiveIterator

from crawl.config import CrawlConfig
from demo.run import run_demo
from demo.score import Outcome, read_outcome, score
from khmer.normalize import normalize

STAGES = ("crawl", "crawl.ingest", "clean", "dedup")
WHOLE = {"article", "short_article", "print_version", "republished", "exact_duplicate"}
FURNITURE = re.compile("អានបន្ត|អានបន្ថែម|បោះពុម្ព|ចែករំលែក|រក្សាសិទ្ធិ|មតិយោបល់|ទំនាក់ទំនងការិយាល័យ|ដំណើរការដោយ")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Path:
    runs = tmp_path_factory.mktemp("runs")
    run_demo(["run=demo", "recipe=demo", f"runs={runs}", "workers=1"], STAGES)
    return Path(runs) / "demo"


@pytest.fixture(scope="module")
def outcome(run) -> Outcome:
    return read_outcome(run)


def stored_pages(run: Path) -> list[str]:
    urls = []
    for path in sorted((run / "crawl" / "warc").glob("*.warc.gz")):
        with path.open("rb") as stream:
            urls += [
                record.rec_headers.get_header("WARC-Target-URI")
                for record in ArchiveIterator(stream)
                if record.rec_type == "response"
            ]
    return urls


def squeezed(text: str) -> str:
    return re.sub(r"[\s|]+", "", text)


def test_the_pipeline_does_right_by_the_embedded_web(web, run, capsys):
    found = score(web, run)
    with capsys.disabled():
        print("", *found.lines(), sep="\n")
    assert found.leaked == []
    assert found.trespassed == []
    assert found.repeated == []
    assert found.n_masked >= 24
    assert found.passes


def test_the_crawl_used_every_door_and_left_the_endless_calendar(run):
    facts = json.loads((run / "crawl" / "manifest.json").read_text(encoding="utf-8"))["facts"]
    assert {"wordpress", "blogger", "feed", "sitemap"} <= set(facts["kinds"])
    assert facts["covered"] >= 10
    days = [page for page in stored_pages(run) if "/calendar/" in page]
    assert 0 < len(days) <= 2 * CrawlConfig().lane_pages


def test_what_is_kept_is_whole(web, outcome):
    n_lines, missing = 0, []
    for url, text in outcome.texts.items():
        page = web.pages[url]
        if page.truth.kind in WHOLE:
            kept = squeezed(text)
            lines = normalize(pa.array(page.text.split("\n"), pa.large_string())).to_pylist()
            missing += [(url, line) for line in lines if squeezed(line) not in kept]
            n_lines += len(lines)
    assert n_lines > 500
    assert len(missing) <= 0.005 * n_lines, missing[:5]


def test_what_is_kept_is_without_furniture(web, outcome):
    texts = {url: text.partition("\n")[2] for url, text in outcome.texts.items()}  # the title is apart
    own = {url: web.pages[url].text for url in texts}
    furnished = [
        url for url, text in texts.items() if FURNITURE.search(text) and not FURNITURE.search(own[url])
    ]
    assert furnished == []
