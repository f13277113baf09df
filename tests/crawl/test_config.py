from __future__ import annotations

from pathlib import Path

import pytest

from corpus.errors import ConfigurationError
from crawl.config import CrawlConfig, check, due_time, scope_of, seed_urls
from crawl.seeds.table import COLUMNS
from tests.crawl.conftest import HOUSE


def config(**changes: object) -> CrawlConfig:
    return CrawlConfig(**({"run": "t", "contact": "mailto:a@b.kh", "seeds": ["http://a.test/"]} | changes))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"contact": "me"}, "contact: got 'me'"),
        ({"seeds": []}, "seeds: got none"),
        ({"seeds": ["ftp://a.test/"]}, "seeds: got 'ftp://a.test/'"),
        ({"seed_files": ["/none"]}, "seed_files: /none: cannot be read"),
        ({"resolve": ["*.test"]}, "resolve: got '*.test'"),
        ({"resolve": ["*.test=127.0.0.1:99999"]}, "resolve: got"),
        ({"deadline": 0}, "deadline: got 0"),
        ({"max_depth": -1}, "max_depth: got -1"),
        ({"partitions": 0}, "partitions: got 0"),
        ({"partitions": 101}, "partitions: got 101; expected 100 or fewer"),
        ({"delay": float("nan")}, "delay: got nan"),
        ({"deadline": float("inf")}, "deadline: got inf"),
        ({"hosts": ["b.test"]}, "seeds: got 'http://a.test/', out_of_scope by hosts and scope"),
        ({"scope": ["reject a.test", "accept a.test"]}, "seeds: got 'http://a.test/', rejected by"),
        ({"order": "depth"}, "order: got 'depth'; expected yield or breadth"),
        ({"due": "soon"}, "due: got 'soon'; expected a date as in ISO 8601"),
        ({"scope": ["allow a.test"]}, "scope: got 'allow a.test'"),
        ({"runs": "memory://runs"}, "this stage needs a folder on this machine"),
    ],
)
def test_impossible_configurations(change, said):
    with pytest.raises(ConfigurationError) as error:
        check(config(**change))
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("due", "seconds"),
    [("", 0.0), ("1970-01-02", 86400.0), ("1970-01-01T07:00:00+07:00", 0.0), ("1970-01-01T01:00:00", 3600.0)],
)
def test_due_is_a_moment_in_utc_unless_it_says_otherwise(due, seconds):
    assert due_time(config(due=due)) == seconds


@pytest.mark.parametrize(
    ("url", "refusal"),
    [
        ("http://a.test/x", ""),
        ("https://www.a.test/", ""),
        ("http://b.test/", ""),
        ("http://sub.a.test/", "out_of_scope"),
    ],
)
def test_hosts_of_seeds_are_meant_with_and_without_www(url, refusal):
    assert scope_of(config(seeds=["http://a.test/", "http://www.b.test/"])).refusal(url) == refusal


def seed(host: str, path: str = "", permission: str = "unknown") -> str:
    said = ("2026-11-01", "letter") if permission != "unknown" else ("", "")
    cells = (host, f"http://{host}/{path}", "news", "km", "crawl", "CL", permission, *said, "")
    return "\t".join(cells)


def test_a_table_of_seeds_is_read_with_its_permissions(tmp_path: Path):
    table = tmp_path / "seeds.tsv"
    rows = [seed("a.test"), seed("b.test", "km/"), seed("c.test", permission="refused")]
    table.write_text("\n".join(["\t".join(COLUMNS), *rows]))
    plain = tmp_path / "seeds.txt"
    plain.write_text("# a comment\nhttp://d.test/ # another\n\n")
    of_files = config(seeds=[], seed_files=[str(table), str(plain)], scope=["accept c.test"])
    assert seed_urls(of_files) == ["http://d.test/", "http://a.test/", "http://b.test/km/"]
    scope = scope_of(of_files)
    urls = ("http://a.test/", "http://b.test/km/1", "http://b.test/en", "http://c.test/", "http://d.test/")
    assert [bool(scope.refusal(url)) for url in urls] == [False, False, True, True, False]


def test_the_project_s_own_table_can_be_crawled():
    own = config(seeds=[], seed_files=[str(HOUSE / "crawl" / "seeds" / "khmer.tsv")])
    check(own)
    assert len(seed_urls(own)) > 200


def test_seeds_are_text(tmp_path: Path):
    (tmp_path / "seeds.txt").write_bytes(b"http://a.test/\xff\n")
    with pytest.raises(ConfigurationError, match="not UTF-8"):
        check(config(seed_files=[str(tmp_path / "seeds.txt")]))
