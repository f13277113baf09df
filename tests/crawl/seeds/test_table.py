"""The table of seeds, and the one that comes with the project."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from corpus.errors import ConfigurationError
from corpus.lines import lines_of
from crawl.discovery.scope import Scope
from crawl.seeds.config import TABLE, SeedsConfig, check, seeds_of
from crawl.seeds.table import COLUMNS, read_seeds

GOOD = {
    "host": "moeys.gov.kh",
    "url": "https://moeys.gov.kh/",
    "category": "government",
    "languages": "km,en",
    "via": "crawl",
    "found_in": "REG;CL",
    "permission": "unknown",
    "permission_date": "",
    "permission_evidence": "",
    "notes": "",
}


@pytest.fixture
def table(tmp_path):
    """A file of seeds, each as it differs from a good one."""

    def written(*rows: dict[str, str], header: tuple[str, ...] = COLUMNS) -> str:
        lines = ["\t".join(header), *("\t".join((GOOD | row).values()) for row in rows)]
        path = tmp_path / "seeds.tsv"
        path.write_text("\n".join(lines) + "\n\n", encoding="utf-8")
        return str(path)

    return written


def test_a_seed(table):
    [seed] = read_seeds(table({}))
    assert (seed.host, seed.languages, seed.found_in) == ("moeys.gov.kh", ("km", "en"), ("REG", "CL"))
    assert seed.is_crawled
    assert seed.rules() == []


@pytest.mark.parametrize(
    ("change", "crawled"),
    [
        (
            {"permission": "granted", "permission_date": "2026-03-01", "permission_evidence": "letter 12/26"},
            True,
        ),
        ({"permission": "licensed", "permission_evidence": "CC-BY-4.0"}, True),
        ({"permission": "refused", "permission_evidence": "e-mail"}, False),
        ({"via": "dump"}, False),
    ],
)
def test_what_is_crawled(table, change, crawled):
    [seed] = read_seeds(table(change))
    assert seed.is_crawled is crawled


def test_a_seed_with_a_path_keeps_a_crawl_below_it(table):
    [seed] = read_seeds(table({"host": "www.rfi.fr", "url": "https://www.rfi.fr/km/"}))
    scope = Scope.of(seed.rules(), ["www.rfi.fr"])
    assert [scope.refusal(f"https://www.rfi.fr/{path}") for path in ("km/", "km/a?b=1", "fr/")] == [
        "",
        "",
        "rejected",
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"url": "moeys.gov.kh"}, ":2: url: got 'moeys.gov.kh'"),
        ({"url": "https://MOEYS.gov.kh/#x"}, ":2: url: got"),
        ({"host": "gov.kh"}, ":2: host: got 'gov.kh'; expected the host of the url"),
        ({"category": ""}, ":2: category: got ''"),
        ({"via": "ftp"}, ":2: via: got 'ftp'; expected crawl or dump"),
        ({"permission": "yes"}, ":2: permission: got 'yes'; expected unknown or granted"),
        ({"permission": "granted"}, ":2: permission_evidence: got ''"),
        ({"permission_date": "March"}, ":2: permission_date: got 'March'; expected a date"),
        ({"notes": "a\tb"}, ":2: got 11 cells; expected 10"),
    ],
)
def test_what_is_wrong_is_named(table, change, said):
    with pytest.raises(ConfigurationError) as error:
        read_seeds(table(change))
    assert said in str(error.value)


def test_a_seed_twice_and_a_file_of_something_else(table, tmp_path):
    with pytest.raises(ConfigurationError, match=r":3: url: got .* again"):
        read_seeds(table({}, {}))
    other = tmp_path / "other.tsv"
    other.write_text("https://a.test/\n")
    with pytest.raises(ConfigurationError, match=":1: expected the columns host, url"):
        read_seeds(str(other))


def test_the_table_that_comes_with_the_project():
    seeds = read_seeds(str(TABLE))
    assert len(seeds) == 266
    assert len({seed.host for seed in seeds}) == 266
    patterns = [line.split("\t")[0] for line in list(lines_of(str(TABLE.with_name("lists.tsv"))))[1:]]
    unknown = {
        code for seed in seeds for code in seed.found_in if not any(fnmatchcase(code, p) for p in patterns)
    }
    assert unknown == set()
    assert [seed.host for seed in seeds if not seed.is_crawled] == ["km.wikipedia.org", "5000-years.org"]


def test_categories_choose_with_those_below_them(table):
    path = table(
        {}, {"host": "a.test", "url": "https://a.test/", "category": "ngo/rights"},
        {"host": "b.test", "url": "https://b.test/", "category": "ngos"},
    )  # fmt: skip
    config = SeedsConfig(run="t", contact="mailto:a@b.kh", tables=[path], categories=["ngo"])
    assert [seed.host for seed in seeds_of(config)] == ["a.test"]
    check(config)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"contact": ""}, "contact: got ''"),
        ({"categories": ["sport"]}, "categories: got ['sport']"),
        ({"concurrency": 0}, "concurrency: got 0"),
        ({"tables": ["/none.tsv"]}, "/none.tsv: no such file"),
        ({"resolve": ["x"]}, "resolve: got 'x'"),
    ],
)
def test_impossible_configurations(change, said):
    with pytest.raises(ConfigurationError) as error:
        check(SeedsConfig(**({"run": "t", "contact": "mailto:a@b.kh"} | change)))
    assert said in str(error.value)
