from __future__ import annotations

import http.client

from bench.manners import TOMORROW, build_web, page, serving


def test_requests_are_logged_with_their_times_and_connections():
    web = build_web()
    with serving(web) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        for target in ("/robots.txt", "/p2", "/p2"):
            connection.request("GET", target, headers={"Host": "busy.test"})
            connection.getresponse().read()
        connection.close()
    assert [(asked.target, asked.status) for asked in web.of("busy.test")] == [
        ("/robots.txt", 404),
        ("/p2", 429),
        ("/p2", 200),
    ]
    assert len({asked.connection for asked in web.log}) == web.most_open["busy.test"] == 1
    assert all(asked.at <= asked.until for asked in web.log)


def test_a_host_asks_for_what_its_name_says():
    web = build_web()
    assert web.answer("tired.test", "/p2").headers == (f"Retry-After: {TOMORROW}",)
    assert web.answer("plain.test", "/p2") == page()
    assert web.answer("nobody.test", "/").status == 404
