"""Personal data planted in real text: how much of it is masked, how much else, and how fast ordinary text is read."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Final, NamedTuple

import pyarrow as pa

from bench.personal_forms import PERSONAL, RESEMBLING
from bench.realdata import json_lines, real_data
from bench.rows import ROUNDS, Row, cpu_seconds, measured
from clean.personal import Kind, find, mask

SEED: Final = 20_260_101
N_TEXTS: Final = 3_000
N_OSCAR: Final = 20_000
CARRIER: Final = range(40, 400)  # characters
SENTENCE: Final = re.compile(r"[^។៕\n]+[។៕]?")
LETTERS: Final = re.compile(r"[^\W_]|@")  # of a datum: what must not be left


class Planted(NamedTuple):
    """A text, and the personal data that was put into it: `text[start:end]`."""

    text: str
    data: list[tuple[int, int, Kind]]


def rows() -> Iterator[Row]:
    """Every row of this area; all of them need real text."""
    folder = real_data()
    if folder is None:
        return
    documents = [row["text"] for row in json_lines(folder / "corpus/news_phylypo.jsonl.zst")]
    oscar = json_lines(folder / "corpus/oscar.jsonl.zst")
    documents += [row["text"] for row in itertools.islice(oscar, N_OSCAR)]
    yield from planted(documents)
    yield from speed(documents)


def planted(documents: list[str]) -> Iterator[Row]:
    """Recall over data, every letter and digit of it masked; precision over spans; how many are of the right kind."""
    texts = plant(carriers(documents), Random(SEED))
    outcome: Counter[str] = Counter()
    for text in texts:
        outcome.update(judged(text))
    masked = int(mask(pa.array([text.text for text in texts], pa.large_string())).counted.sum())
    if masked != outcome["found"]:
        msg = f"clean.personal: a column has {masked} spans, its texts {outcome['found']}; expected the same"
        raise AssertionError(msg)
    yield measured("clean.planted_personal_recall", outcome["masked"] / outcome["data"], "share of data")
    yield measured("clean.planted_personal_precision", outcome["right"] / outcome["found"], "share of spans")
    yield measured("clean.planted_personal_kind", outcome["kind"] / outcome["right"], "share of right spans")
    for kind in Kind:
        share = outcome[f"masked {kind}"] / outcome[f"data {kind}"]
        yield measured(f"clean.planted_personal_recall.{kind}", share, "share of data")


def carriers(documents: list[str]) -> list[str]:
    """Sentences in which nothing is found."""
    sentences = (found[0].strip() for text in documents for found in SENTENCE.finditer(text))
    chosen = [sentence for sentence in sentences if len(sentence) in CARRIER]
    counted = mask(pa.array(chosen, pa.large_string())).counted.sum(axis=1)
    return [sentence for sentence, n in zip(chosen, counted.tolist(), strict=True) if n == 0]


def plant(sentences: list[str], random: Random) -> list[Planted]:
    """Texts of a few sentences with personal data and what resembles it between them."""
    texts = []
    for _ in range(N_TEXTS):
        text, data = random.choice(sentences), []
        for _ in range(random.randint(1, 4)):
            text += random.choice((" ", "\n"))
            if random.random() < 0.5:
                kind, make, frames = random.choice(PERSONAL)
                before, after = random.choice(frames).split("{}")
                datum = make(random)
                start = len(text) + len(before)
                data.append((start, start + len(datum), kind))
            else:
                make, frames = random.choice(RESEMBLING)
                before, after = random.choice(frames).split("{}")
                datum = make(random)
            text += before + datum + after + random.choice((" ", "\n")) + random.choice(sentences)
        texts.append(Planted(text, data))
    return texts


def judged(planted: Planted) -> Counter[str]:
    """What became of a text's data, and of what was found in it."""
    spans = find(planted.text)
    outcome: Counter[str] = Counter(found=len(spans))
    for start, end, kind in planted.data:
        left = [place for place in range(start, end) if not any(s.start <= place < s.end for s in spans)]
        masked = not any(LETTERS.match(planted.text[place]) for place in left)
        outcome.update({"data": 1, f"data {kind}": 1, "masked": masked, f"masked {kind}": masked})
    for span in spans:
        kinds = [kind for start, end, kind in planted.data if start <= span.start and span.end <= end]
        outcome.update({"right": len(kinds), "kind": kinds == [span.kind]})
    return outcome


def speed(documents: list[str]) -> Iterator[Row]:
    """Megabytes of UTF-8 that a core masks in a second, of ordinary text as it comes."""
    column = pa.array(documents, pa.large_string())
    n_bytes = sum(len(text.encode()) for text in documents)
    mask(column)
    seconds = sorted(cpu_seconds(lambda: mask(column)) for _ in range(ROUNDS))[ROUNDS // 2]
    yield measured("clean.personal_speed", n_bytes / seconds / 1e6, "MB/s")
