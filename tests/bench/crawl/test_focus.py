from __future__ import annotations

import gzip

import pytest

from bench.crawl.focus import Curve, Texts, _by_lane
from demo.pages import Reply

KHMER = "ភាសាខ្មែរ"


ANSWERS = {
    "/": Reply(200, (), f"<p>{KHMER}</p><script>{KHMER}ក</script>".encode()),
    "/chunked": Reply(200, (), f"<p>{KHMER}</p>".encode(), "chunked"),
    "/gzip": Reply(200, (), gzip.compress(f"<p>{KHMER}</p>".encode())),
    "/utf-16": Reply(200, (), f"<p>{KHMER}</p>".encode("utf-16")),
    "/twice": Reply(200, (), f"<p>{KHMER}</p><b>{KHMER}</b>".encode()),
    "/none": Reply(200, (), b"<p>English"),
}


class Web:
    """One page, sent in every way that there is."""

    def reply(self, _host: str, target: str) -> Reply:
        return ANSWERS[target]


@pytest.mark.parametrize("target", ["/", "/chunked", "/gzip", "/utf-16", "/twice"])
def test_a_text_counts_once_however_it_is_sent(target):
    texts, web = Texts(), Web()
    assert texts.of(web, ("a", target)) == texts.of(web, ("a", "/"))
    assert sum(texts.of(web, ("a", target)).values()) == len(KHMER)


def test_other_text_counts_for_nothing():
    assert Texts().of(Web(), ("a", "/none")) == {}


def test_fetches_needed():
    curve = Curve(["x", "y", "x"], [0.0, 5.0, 4.0], {})
    assert [curve.needed(letters) for letters in (0, 5, 6, 10)] == [1, 2, 3, float("inf")]
    assert _by_lane(curve).gains == [5.0, 2.0, 2.0]
