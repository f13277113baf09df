"""Noise and spam made from real documents, each a function of a generator and a text."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

import yaml

from khmer.codepoints import CLUSTER

Plant = Callable[[random.Random, str], str]

TEMPLATES: Final = Path(__file__).with_name("spam.yaml")
# What recognition takes for one another: letters of like shape, and signs of one place.
ALIKE: Final = (
    "កគតភ", "ខឧ", "ចបឋប", "ឃយឈ", "ណឍ", "ដឌងធ", "ពមវ", "សលយអ", "ហបទ", "ផជ", "រវ", "នឋថ", "ញពា",
    "ិីឹឺ", "ុូួ", "េែៃ", "ំះ", "់៉៊៍", "ោៅើ", "៏័៌៍",
)  # fmt: skip
MARKS: Final = "ាិីឹឺុូួើឿៀេែៃោៅំះៈ៉៊់៌៍៎៏័្"
LETTERS: Final = "កខគឃងចឆជឈញដឋឌឍណតថទធនបផពភមយរលវសហឡអ"
HOME_ROW: Final = "ាសដថងហ្កលើវឹេរតយុិោផជខចបនម្,។ "
SYMBOLS: Final = "!@#$%^&*()_+={}[]|\\<>?/~`§¶•◊□■▲►◄★☆"
CHARACTER: Final = re.compile("[\u1780-\u17d3]")


def misread(rate: float, generator: random.Random, text: str) -> str:
    """Letters and signs taken for similar ones, for any other, lost or doubled, as recognition does."""
    return "".join(
        _misread(generator, character)
        if CHARACTER.match(character) and generator.random() < rate
        else character
        for character in text
    )


def _misread(generator: random.Random, character: str) -> str:
    draw = generator.random()
    if draw < 0.15:
        return ""
    if draw < 0.25:
        return character * 2
    if draw < 0.4:
        return generator.choice(LETTERS + MARKS)
    return generator.choice("".join(group for group in ALIKE if character in group) or LETTERS + MARKS)


def with_marks(rate: float, generator: random.Random, text: str) -> str:
    """A sign at random after some characters."""
    return "".join(
        character + generator.choice(MARKS)
        if CHARACTER.match(character) and generator.random() < rate
        else character
        for character in text
    )


def decoded_as(encoding: str, _generator: random.Random, text: str) -> str:
    """UTF-8 read in another encoding."""
    return text.encode().decode(encoding, "replace")


def encoded_twice(generator: random.Random, text: str) -> str:
    """UTF-8 read as Latin-1, twice over."""
    return decoded_as("latin-1", generator, decoded_as("latin-1", generator, text))


def shuffled(width: int, generator: random.Random, text: str) -> str:
    """Characters out of order within windows of a width."""
    windows = [list(text[i : i + width]) for i in range(0, len(text), width)]
    for window in windows:
        generator.shuffle(window)
    return "".join(map("".join, windows))


def half_garbled(generator: random.Random, text: str) -> str:
    """The first half as it was, the second broken one way or another."""
    middle = len(text) // 2
    garble: Plant = generator.choice(
        [partial(shuffled, 10**9), partial(misread, 0.3), partial(decoded_as, "cp1252")]
    )
    return text[:middle] + garble(generator, text[middle:])


def with_symbols(generator: random.Random, text: str) -> str:
    """Two characters in five are symbols."""
    return "".join(generator.choice(SYMBOLS) if generator.random() < 0.4 else character for character in text)


def mashed(generator: random.Random, text: str) -> str:
    """Keys hit at random, as long as the text."""
    return "".join(generator.choice(HOME_ROW) for _ in text)


NOISE: Final[dict[str, Plant]] = {
    "misread_05": partial(misread, 0.05),
    "misread_10": partial(misread, 0.1),
    "misread_20": partial(misread, 0.2),
    "marks_05": partial(with_marks, 0.05),
    "marks_20": partial(with_marks, 0.2),
    "latin_1": partial(decoded_as, "latin-1"),
    "cp1252": partial(decoded_as, "cp1252"),
    "encoded_twice": encoded_twice,
    "shuffled": partial(shuffled, 10**9),
    "shuffled_by_8": partial(shuffled, 8),
    "half_garbled": half_garbled,
    "symbols": with_symbols,
    "mashed": mashed,
}


@cache
def _templates() -> dict[str, list[str]]:
    templates: dict[str, list[str]] = yaml.safe_load(TEMPLATES.read_text(encoding="utf-8"))
    return templates


def _filled(generator: random.Random, template: str, brand: str) -> str:
    values: dict[str, Any] = {
        "brand": brand,
        "percent": generator.choice([50, 100, 150, 200, 300]),
        "phone": f"0{generator.choice([10, 12, 15, 17, 69, 77, 92, 96])} {generator.randrange(100000, 999999)}",
    }
    pieces = template.split("{n}")
    spread = "".join(piece + str(generator.randrange(2, 100)) for piece in pieces[:-1]) + pieces[-1]
    return spread.format(**values)


def advertisement(kind: str, generator: random.Random, text: str) -> str:
    """Advertisements in place of the text, at most as long, in one to three paragraphs."""
    templates = _templates()[kind]
    brand = generator.choice(_templates()["brands"])
    sentences = [
        _filled(generator, template, brand) for template in generator.sample(templates, len(templates))
    ]
    while len("".join(sentences)) > max(len(text), 300):
        sentences.pop()
    size = max(len(sentences) // generator.randint(1, 3), 1)
    return "\n".join(" ".join(sentences[i : i + size]) for i in range(0, len(sentences), size))


def mixed_in(kind: str, generator: random.Random, text: str) -> str:
    """Advertisements for half of the text: after the first half, or sentence by sentence between its sentences."""
    first = text[: len(text) // 2]
    added = advertisement(kind, generator, first)
    if generator.random() < 0.5:
        return f"{first}\n{added}"
    sentences = [part for part in re.split(r"(?<=[។!])\s*|\n", added) if part]
    parts = re.split("(?<=។)", first)
    size = max(len(parts) // len(sentences), 1)
    chunks = ["".join(parts[i : i + size]) for i in range(0, len(parts), size)]
    pairs = [f"{chunks[i] if i < len(chunks) else ''}\n{sentence}\n" for i, sentence in enumerate(sentences)]
    return "".join(pairs) + "".join(chunks[len(sentences) :])


def stuffed(sign: str, generator: random.Random, text: str) -> str:
    """Keywords without end between signs, phone numbers among them."""
    pools = generator.sample(_templates()["keywords"], 2)
    words = [word for pool in pools for word in _filled(generator, pool, "").split(", ")]
    chosen: list[str] = []
    while len(sign.join(chosen)) < max(min(len(text), 3000), 400):
        chosen.append(generator.choice(words))
    return sign.strip(" ") * (sign == " #") + sign.join(chosen)


def half_stuffed(generator: random.Random, text: str) -> str:
    """Keywords after half of the text, as long as it."""
    first = text[: len(text) // 2]
    return f"{first}\n{stuffed(', ', generator, first)}"


def repeated(generator: random.Random, text: str) -> str:
    """A paragraph over and over."""
    paragraph = text[: generator.randint(60, 400)].replace("\n", " ")
    return generator.choice(["\n", " "]).join([paragraph] * generator.randint(5, 40))


def links(generator: random.Random, text: str) -> str:
    """A list of titles with addresses."""
    clusters = CLUSTER.findall(text[:4000])
    size = generator.randint(12, 30)
    titles = ["".join(clusters[i : i + size]) for i in range(0, len(clusters), size)]
    host = generator.choice(["news24.example", "khmerpost.example", "dara.example"])
    return "\n".join(
        f"{title} https://{host}/archives/{generator.randrange(10**5, 10**6)}.html" for title in titles
    )


SPAM: Final[dict[str, Plant]] = {
    "gambling": partial(advertisement, "gambling"),
    "gambling_mixed": partial(mixed_in, "gambling"),
    "adult": partial(advertisement, "adult"),
    "adult_mixed": partial(mixed_in, "adult"),
    "keywords_comma": partial(stuffed, ", "),
    "keywords_bar": partial(stuffed, " | "),
    "keywords_hash": partial(stuffed, " #"),
    "keywords_space": partial(stuffed, " "),
    "keywords_mixed": half_stuffed,
    "repeated": repeated,
    "links": links,
}
