"""What pages of a host tell of each other, and texts settled with it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pytest

from clean.extract.hosts import KNOWN, LINE, PAGE, PLACE, merge, observe
from clean.extract.lines import line_hashes
from clean.extract.page import Reading, extract
from clean.extract.settle import settle
from clean.extract.tables import PAGES, SETTLED
from corpus.document import RECORD, documents_table

NOTICE = "សូមចុះឈ្មោះទទួលព័ត៌មានថ្មីៗពីយើងខ្ញុំរៀងរាល់ព្រឹក។"
SHARE = "ចែករំលែក"
READING = Reading("blocks", 1 << 20)
SUBJECTS = ("ស្រូវ", "ស្វាយ", "ដូង", "ម្រេច", "កៅស៊ូ", "ដំឡូង", "ត្រី", "គោ", "មាន់", "ទា", "ផ្កា", "អំពៅ")
TOWNS = ("តាកែវ", "កំពត", "ក្រចេះ", "ពោធិ៍សាត់", "បាត់ដំបង")


def story(n: int) -> str:
    subject, town = SUBJECTS[n % len(SUBJECTS)], TOWNS[n % len(TOWNS)]
    return (
        f"កសិករនៅខេត្ត{town}បានប្រមូលផល{subject}ច្រើនជាងឆ្នាំមុន។\n"
        f"ពួកគាត់ថា តម្លៃ{subject}នៅផ្សារ{town}ឡើងខ្ពស់ ហើយឈ្មួញមកទិញដល់ផ្ទះ។"
    )


def texts(
    lines: Sequence[str], host: str | None = "a.example", titles: Sequence[str | None] = ()
) -> pa.Table:
    rows: list[dict[str, Any]] = [
        {
            "id": str(n),
            "text": text,
            "host": host,
            "title": titles[n] if titles else None,
            "source": "s",
            "licence": "CC0-1.0",
            "origin": {"file": "f", "position": n},
        }
        for n, text in enumerate(lines)
    ]
    return extract(documents_table(rows, RECORD), READING)


def pages(bodies: Sequence[str], host: str = "a.example") -> pa.Table:
    rows: list[dict[str, Any]] = [
        {
            "id": f"{host}{n}",
            "text": "",
            "host": host,
            "url": f"https://{host}/{n}",
            "payload": body.encode(),
            "source": "s",
            "licence": "CC0-1.0",
            "origin": {"file": "f", "position": n},
        }
        for n, body in enumerate(bodies)
    ]
    return extract(documents_table(rows, RECORD), READING)


def settled(table: pa.Table) -> list[str]:
    found: list[str] = settle(table, merge([observe(table)]))["text"].to_pylist()
    return found


def test_lines_that_stand_on_many_pages_are_the_hosts() -> None:
    given = texts([f"{SHARE}\n{story(n)}\n{NOTICE}\nមើល {n} ដង" for n in range(8)])
    done = settle(given, merge([observe(given)]))
    assert done["text"].to_pylist() == [story(n) for n in range(8)]
    assert done["page_host_lines"].to_pylist() == [3] * 8
    assert done["page_host_chars"].to_pylist() == [len(SHARE + NOTICE + f"មើល {n} ដង") for n in range(8)]
    assert done.schema.equals(SETTLED)


def test_texts_without_a_host_are_left_alone() -> None:
    given = texts([f"{SHARE}\n{story(n)}" for n in range(8)], host=None)
    assert settled(given) == given["text"].to_pylist()


def test_copies_of_one_article_do_not_make_its_lines_the_hosts() -> None:
    copies = [story(0), story(0), story(0).replace("។", "!", 1), story(0) + "\nបោះពុម្ព", story(0)]
    given = texts([*copies, *map(story, range(1, 5))])
    assert settled(given) == given["text"].to_pylist()


def test_two_long_notices_do_not_hide_each_other() -> None:
    longer = NOTICE * 3
    given = texts([f"{longer}\n{NOTICE}\n{SHARE}\n{story(n)}" for n in range(6)])
    assert settled(given) == [story(n) for n in range(6)]


def test_a_title_that_others_tease_stays_and_a_text_keeps_its_only_line() -> None:
    teaser = "ពិព័រណ៍ដើមឈើនៅភ្នំពេញ"
    given = texts(
        [*(f"{story(n)}\n{teaser}\n{NOTICE}" for n in range(6)), f"{teaser}\n{story(7)}", NOTICE],
        titles=[*[None] * 6, teaser, None],
    )
    assert settled(given) == [*map(story, range(6)), f"{teaser}\n{story(7)}", NOTICE]


@pytest.mark.parametrize(
    ("n_with", "n_pages", "removed"), [(2, 8, False), (3, 8, True), (3, 40, False), (4, 40, True)]
)
def test_a_line_needs_three_pages_and_a_tenth_of_them(n_with: int, n_pages: int, removed: bool) -> None:
    stories = [f"{story(n)}\nលេខរៀង {chr(0x1780 + n % 33)}{'ក' * (n // 33)}" for n in range(n_pages)]
    given = texts([text + ("\n" + NOTICE if n < n_with else "") for n, text in enumerate(stories)])
    assert (NOTICE not in "".join(settled(given))) is removed


def shell(n: int, body: str = "") -> str:
    main = body or "".join(f"<p>{line}</p>" for line in story(n).split("\n"))
    return (
        f"<title>{n}</title><div class='menu'><a href=/>ទំព័រដើម</a></div>"
        f"<div class='promo-box'><p>{NOTICE}</p></div><div class='post-{n} text'>{main}</div>"
    )


def test_a_block_is_weighed_with_its_place_on_other_pages() -> None:
    short = "<p>ភ្លៀងធ្លាក់នៅតាកែវពេញមួយព្រឹក។</p>"
    given = pages([*map(shell, range(6)), shell(6, short)])
    alone, with_host = given["text"].to_pylist()[-1], settled(given)
    assert "ភ្លៀងធ្លាក់" not in alone
    assert with_host == [*map(story, range(6)), "ភ្លៀងធ្លាក់នៅតាកែវពេញមួយព្រឹក។"]


def counts_of(table: pa.Table, line: str) -> list[int]:
    """On how many pages the statistics of a host say that a line stands."""
    known = merge([observe(table)])
    (item,) = line_hashes(pa.array([line], pa.large_string())).tolist()
    rows = zip(known["item"].to_pylist(), known["n_pages"].to_pylist(), strict=True)
    return [n_pages for other, n_pages in rows if other == item]


def test_lines_outside_the_text_of_a_page_alone_are_counted_too() -> None:
    given = pages([*map(shell, range(6))])
    assert "ទំព័រដើម" not in "".join(given["text"].to_pylist())
    assert counts_of(given, "ទំព័រដើម") == [6]


def test_copies_among_different_teasers_are_one_page() -> None:
    line = story(0).replace("\n", " ")
    teasers = ["".join(f"<li><a href=/{k}>{SUBJECTS[k]}</a></li>" for k in range(n, n + 4)) for n in range(6)]
    given = pages([shell(n, f"<p>{line}</p><ul>{teaser}</ul>") for n, teaser in enumerate(teasers)])
    assert counts_of(given, SUBJECTS[3]) == []
    assert counts_of(given, line) == []


def test_nothing_known_leaves_pages_as_read_alone(page: Callable[..., str]) -> None:
    given = pages([page(), shell(1)])
    done = settle(given, KNOWN.empty_table())
    for name in ("text", "page_confidence", "page_main_share", "page_link_share", "page_comment_chars"):
        assert done[name].to_pylist() == pytest.approx(given[name].to_pylist()), name
    assert done["page_host_lines"].to_pylist() == [0, 0]


def test_the_result_does_not_depend_on_shards_and_order() -> None:
    whole = pa.concat_tables(
        [
            texts([f"{SHARE}\n{story(n)}\n{NOTICE}" for n in range(12)], "b.example"),
            pages([*map(shell, range(6)), shell(6, "<p>ភ្លៀងធ្លាក់នៅតាកែវ</p>"), shell(2)]),
            texts(["ក្រៅបណ្តាញ"], None),
        ]
    )
    expected, done = merge([observe(whole)]), settled(whole)
    generator = random.Random(3)
    for _ in range(3):
        order = generator.sample(range(len(whole)), len(whole))
        cut = generator.randint(0, len(whole))
        shards = [whole.take(order[:cut]), whole.take(order[cut:])]
        known = merge(map(observe, shards))
        assert known.equals(expected)
        again = dict(
            zip(order, [t for s in shards for t in settle(s, known)["text"].to_pylist()], strict=True)
        )
        assert [again[n] for n in range(len(whole))] == done


def test_only_what_several_pages_share_is_kept() -> None:
    known = merge([observe(texts([f"{story(n)}\n{NOTICE}" for n in range(5)]))])
    assert sorted(zip(known["kind"].to_pylist(), known["n_pages"].to_pylist(), strict=True)) == [
        (PAGE, 5),
        (LINE, 5),
    ]
    places = merge([observe(pages(map(shell, range(3))))])
    assert PLACE in places["kind"].to_pylist()
    assert merge([]).equals(KNOWN.empty_table())
    assert merge([observe(PAGES.empty_table())]).equals(KNOWN.empty_table())


def test_a_long_line_on_thirty_pages_is_the_hosts_however_many_it_has() -> None:
    stories = [f"{story(n)}\nលេខរៀង {chr(0x1780 + n % 33)}{'ក' * (n // 33)}" for n in range(400)]
    given = texts([text + f"\n{NOTICE}\n{SHARE}" * (n < 30) for n, text in enumerate(stories)])
    assert settled(given) == [text + f"\n{SHARE}" * (n < 30) for n, text in enumerate(stories)]
