from __future__ import annotations

from crawl.names import Names


def test_only_names_in_the_mapping_are_moved():
    names = Names(["*.khmer.test=127.0.0.1:8080", "one.test=127.0.0.1:9090"])
    assert names.address("news.khmer.test") == ("127.0.0.1", 8080)
    assert names.address("one.test") == ("127.0.0.1", 9090)
    assert names.address("khmer.test") is None
    assert names.address("example.org") is None
