"""A licence is the page's only where it speaks of the page."""

from __future__ import annotations

import json

import pytest
from license_expression import get_spdx_licensing
from selectolax.lexbor import LexborHTMLParser

from clean.extract.licences import licence, spdx_id
from clean.extract.statements import read_statements

BY = "https://creativecommons.org/licenses/by/4.0/"
BY_SA = "https://creativecommons.org/licenses/by-sa/3.0/"


def licence_of(body: str, head: str = "") -> tuple[str, str] | None:
    tree = LexborHTMLParser(f"<html><head>{head}</head><body>{body}</body></html>")
    return licence(tree, read_statements(tree))


def linked(**values: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(values)}</script>'


@pytest.mark.parametrize(
    ("body", "head", "place"),
    [
        (f'<p>អត្ថបទនេះ <a rel="license" href="{BY}">CC</a></p>', "", "rel"),
        (f'<ul class="footer-links"><li><a rel="nofollow license" href="{BY}">CC</a></li></ul>', "", "rel"),
        ("", f'<link rel="license" href="{BY}">', "rel"),
        ("", linked(**{"@type": "Article", "license": BY}), "json-ld"),
        ("", linked(**{"@type": "WebPage", "license": {"url": BY}}), "json-ld"),
        ("", '<meta name="DC.rights" content="CC BY 4.0">', "meta"),
        (f'<footer><p><a href="{BY}">អាជ្ញាប័ណ្ណ</a></p></footer>', "", "footer"),
        (f'<div id="copyright"><a href="{BY}deed.km">អាជ្ញាប័ណ្ណ</a></div>', "", "footer"),
    ],
)
def test_the_pages_licence(body: str, head: str, place: str) -> None:
    assert licence_of(body, head) == ("CC-BY-4.0", place)


@pytest.mark.parametrize(
    ("body", "head"),
    [
        (f'<figure><figcaption>រូបថត <a rel="license" href="{BY}">CC</a></figcaption></figure>', ""),
        (f'<p class="wp-caption-text"><a href="{BY}">CC</a></p>', ""),
        (f'<div class="comment"><a rel="license" href="{BY}">CC</a></div>', ""),
        (f'<p>សូមអាន <a href="{BY}">អាជ្ញាប័ណ្ណ</a></p>', ""),
        ("", linked(**{"@type": "ImageObject", "license": BY})),
        ("", linked(**{"@type": "Article", "image": {"@type": "ImageObject", "license": BY}})),
        ('<footer><a href="https://creativecommons.org/licenses/">CC</a></footer>', ""),
        (f'<a rel="license" href="{BY}">១</a><a rel="license" href="{BY_SA}">២</a>', ""),
        ("<footer>រក្សាសិទ្ធិគ្រប់យ៉ាង</footer>", ""),
    ],
)
def test_what_is_no_licence_of_the_page(body: str, head: str) -> None:
    assert licence_of(body, head) is None


@pytest.mark.parametrize(
    ("statement", "spdx"),
    [
        (BY, "CC-BY-4.0"),
        ("http://creativecommons.org/licenses/by-nc-nd/2.5/ca/", "CC-BY-NC-ND-2.5"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("CC-BY-SA-3.0", "CC-BY-SA-3.0"),
        ("CC0", "CC0-1.0"),
        ("https://creativecommons.org/publicdomain/mark/1.0/", "CC-PDM-1.0"),
    ],
)
def test_ids_are_of_spdx(statement: str, spdx: str) -> None:
    assert spdx_id(statement) == spdx
    assert not get_spdx_licensing().unknown_license_keys(spdx)


@pytest.mark.parametrize(
    "statement", ["", "https://creativecommons.org/licenses/by/9.9/", "© ២០២០", "BY 4.0"]
)
def test_other_statements_have_none(statement: str) -> None:
    assert spdx_id(statement) is None
