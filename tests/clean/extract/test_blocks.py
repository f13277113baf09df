"""Pages as blocks."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from clean.extract.blocks import read_blocks, too_costly


def texts(body: str) -> list[str]:
    return [block.text for block in read_blocks(LexborHTMLParser(f"<body>{body}</body>")).blocks]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>មួយ <b>ពីរ</b> <a href=x>បី</a></p><p>បួន</p>", ["មួយ ពីរ បី", "បួន"]),
        ("មួយ<br>ពីរ", ["មួយ", "ពីរ"]),
        ("<div>មួយ<p>ពីរ</p>បី</div>", ["មួយ", "ពីរ", "បី"]),
        ("<p>  មួយ \n\t ពីរ&nbsp;បី </p>", ["មួយ ពីរ បី"]),
        ("<p>មួយ</p><script>var x='ពីរ'</script><style>បី</style><noscript>បួន</noscript>", ["មួយ"]),
        ("<p>ភាសា\u200bខ្មែរ</p>", ["ភាសា\u200bខ្មែរ"]),
        ("<ul><li>មួយ<li>ពីរ</ul>", ["មួយ", "ពីរ"]),
        ("", []),
        ("<pre>មួយ  ពីរ\n\n  បី</pre>", ["មួយ ពីរ\nបី"]),
        ("<table><tr><td>ក<td>ខ</tr><tr><td><a href=x>គ</a><td></tr></table>", ["ក | ខ", "គ"]),
        ("<table><tr><td><p>ក</p><p>ខ</p><td>គ</tr><tr><td><td>ឃ</tr></table>", ["ក ខ | គ", "| ឃ"]),
        ("<table><tr><td>ក<td>ខ</tr></table>", ["ក", "ខ"]),
        ("<table><tr><td>ក</tr><tr><td>ខ</tr></table>", ["ក", "ខ"]),
        ("<table role=presentation><tr><td>ក<td>ខ</tr><tr><td>គ<td>ឃ</tr></table>", ["ក", "ខ", "គ", "ឃ"]),
        ("<table><tr><td><div>ក</div><td>ខ</tr><tr><td>គ<td>ឃ</tr></table>", ["ក", "ខ", "គ", "ឃ"]),
        (f"<table><tr><td>{'ក' * 201}<td>ខ</tr><tr><td>គ<td>ឃ</tr></table>", ["ក" * 201, "ខ", "គ", "ឃ"]),
        (
            "<table><tr><td><table><tr><td>ក<td>ខ</tr><tr><td>គ<td>ឃ</tr></table><td>ង</tr></table>",
            ["ក | ខ", "គ | ឃ", "ង"],
        ),
        ("<table><tr><td> <td> </tr><tr><td> <td> </tr></table>", []),
    ],
)
def test_blocks(body: str, expected: list[str]) -> None:
    assert texts(body) == expected


def test_links_are_measured_and_places_are_known() -> None:
    page = read_blocks(
        LexborHTMLParser('<body><div class="A b" id="c"><p>មួយ <a href=x>ពីរ</a></p></div></body>')
    )
    assert [block.link_chars for block in page.blocks] == [3]
    assert [(e.tag, e.names, e.parent) for e in page.elements] == [
        ("body", "", -1),
        ("div", "a b c", 0),
        ("p", "", 1),
    ]


@pytest.mark.parametrize(
    ("html", "costly"),
    [
        ("<div>" * 20_000, True),
        ("<div>" * 20_000 + "</div>" * 20_000, True),
        ("<b>" * 20_000, True),
        ("<div " + " ".join(f"a{n}=1" for n in range(20_000)) + ">", True),
        ("<p>មួយ" * 50_000, False),
        ("<div><p>មួយ</p></div>" * 20_000, False),
        ("<br>" * 50_000, False),
        ("<path d=''/>" * 30_000, False),
        ("<img src='data:" + "A" * 100_000 + "'>", False),
    ],
)
def test_pages_built_to_keep_a_parser_busy_are_known(html: str, costly: bool) -> None:
    assert too_costly(html) is costly
