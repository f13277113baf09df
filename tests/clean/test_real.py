"""Extraction and masking on real articles in real page templates."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zstandard
from fastwarc.warc import ArchiveIterator, WarcRecordType

from clean.extract.page import Extracted, Reading, extract_page
from clean.personal import mask_text

pytestmark = pytest.mark.realdata
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
READING = Reading("blocks", 8 << 20)


def rows(path: Path) -> list[dict[str, Any]]:
    with path.open("rb") as file:
        stream = io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file), encoding="utf-8")
        return [json.loads(line) for line in stream]


def letters(text: str) -> str:
    return "".join(text.translate(INVISIBLE).split())


def four_gram_f1(text: str, gold: str) -> float:
    """Of character 4-grams, white space and zero-width characters left out."""
    found, wanted = (Counter(t[i : i + 4] for i in range(len(t) - 3)) for t in (letters(text), letters(gold)))
    return 2 * (found & wanted).total() / max(found.total() + wanted.total(), 1)


def pages(warc: Path, wanted: set[str]) -> Iterator[tuple[str, Extracted]]:
    with warc.open("rb") as file:
        for record in ArchiveIterator(
            file, record_types=WarcRecordType.response, parse_http=True, auto_decode="all"
        ):
            url = record.headers["WARC-Target-URI"]
            if url in wanted:
                yield url, extract_page(record.reader.read(), record.http_charset, url, READING)


def lines_but(title: str, text: str) -> str:
    return "\n".join(line for line in text.split("\n") if letters(line) != letters(title))


def test_articles_are_found_in_their_pages(real_data: Path) -> None:
    gold = {row["url"]: row for row in rows(real_data / "web/dev.gold.jsonl.zst")}
    scores: dict[str, list[float]] = {"all": [], "km": [], "orig": []}
    titles = []
    for url, found in pages(real_data / "web/dev_web.warc.gz", set(gold)):
        row = gold[url]
        f1 = four_gram_f1(lines_but(row["title"], found.text), lines_but(row["title"], row["text"]))
        scores["all"].append(f1)
        scores[row["boilerplate_lang"]].append(f1)
        titles.append(letters(found.title or "") == letters(row["title"]))
    means = {name: round(sum(values) / len(values), 4) for name, values in scores.items()}
    print(f"4-gram F1 on {len(titles)} pages: {means}; titles right {sum(titles)}")
    assert len(titles) == len(gold)
    assert means["all"] >= 0.95
    assert means["km"] >= 0.925
    assert sum(titles) >= 0.98 * len(titles)


def test_pages_in_their_own_language_are_read_as_well(real_data: Path) -> None:
    shells = rows(real_data / "web/natural_shells.jsonl.zst")
    khmer = "<p hidden>&#6016;</p>"  # one letter, so that the page is parsed
    quotes = str.maketrans("“”„«»‘’", '"""""\'\'')
    scores = [
        four_gram_f1(
            extract_page((row["html"] + khmer).encode(), None, "", READING).text.translate(quotes).lower(),
            row["gold_letters"],
        )
        for row in shells
    ]
    mean = sum(scores) / len(scores)
    print(f"4-gram F1 on {len(scores)} pages in their own language: {mean:.4f}")
    assert mean >= 0.94


def test_planted_personal_data_is_masked(real_data: Path) -> None:
    gold = {
        row["url"]: row
        for row in rows(real_data / "web/dev_web.extra_gold.jsonl.zst")
        if "text_redacted" in row
    }
    masked, planted = Counter[str](), Counter[str]()
    for url, found in pages(real_data / "web/dev_web.warc.gz", set(gold)):
        text = mask_text(found.text)
        for item in gold[url]["pii"]:
            if item["type"] in ("email", "phone") and item["value"] in found.text:
                planted[item["type"]] += 1
                masked[item["type"]] += item["value"] not in text
    print(f"planted personal data masked: {dict(masked)} of {dict(planted)}")
    assert planted.total() > 10
    assert masked == planted
