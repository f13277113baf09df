from __future__ import annotations

import re
import urllib.request

from bench.linkedweb import HUB_LINKS, LinkedWeb, serve

LINK = re.compile(rb'href="http://(h\d+[.]test):80(/\d+)"')


def linked(web: LinkedWeb, host: str, target: str) -> set[str]:
    found = LINK.findall(web.answer(host, target, 80))
    return {f"{host.decode()} {target.decode()}" for host, target in found}


def test_every_page_can_be_reached_from_the_seeds():
    web = LinkedWeb(n_hosts=3, n_pages=50)
    known = {seed.removeprefix("http://").replace(":80/", " /") for seed in web.seeds(80)}
    waiting = sorted(known)
    while waiting:
        new = linked(web, *waiting.pop().split(" ")) - known
        known |= new
        waiting += new
    assert known == set(web.urls)


def test_hubs_link_every_page_once():
    web = LinkedWeb(n_hosts=10, n_pages=400, n_hubs=2)
    found = [linked(web, f"hub{hub}.test", f"/{hub}") for hub in range(2)]
    assert [len(urls) for urls in found] == [HUB_LINKS] * 2
    assert found[0] | found[1] == set(web.urls)


def test_no_two_pages_share_their_text():
    web = LinkedWeb(n_hosts=2, n_pages=5)
    paragraphs = [p for url in web.urls for p in web.answer(*url.split(" "), 80).split(b"\n") if b"<p" in p]
    assert len(paragraphs) == len(set(paragraphs)) > 200


def test_every_request_is_logged(tmp_path):
    with serve(LinkedWeb(1, 2), tmp_path) as served:
        for target in ("/0", "/1", "/0"):
            request = urllib.request.Request(
                f"http://127.0.0.1:{served.port}{target}", headers={"Host": "h0.test"}
            )
            assert b"</html>" not in urllib.request.urlopen(request, timeout=5).read()
        assert served.requests() == ["h0.test /0", "h0.test /1", "h0.test /0"]
