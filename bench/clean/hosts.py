"""Lines that sites repeat, planted in real texts of simulated hosts: how many are removed, and what else is."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pyarrow as pa

from bench.realdata import json_lines, real_data
from bench.rows import ROUNDS, Row, cpu_seconds, measured
from clean.extract import hosts
from clean.extract.settle import settle
from clean.extract.tables import PAGES

SEED: Final = 20
N_HOSTS: Final = 40
PAGES_OF_HOST: Final = (6, 60)
SOURCES: Final = ("news_phylypo", "wiki_5k")
# Each with the share of a host's pages it stands on; {n} differs from page to page, {w} from host to host.
EVERYWHERE: Final = (
    ("ចែករំលែកអត្ថបទនេះ", 0.95), ("ទំព័រដើម » ព័ត៌មាន » {w}", 0.95), ("អានបន្ថែម៖", 0.5), ("អត្ថបទពាក់ព័ន្ធ", 0.8),
    ("រក្សាសិទ្ធិគ្រប់យ៉ាង © {n} ដោយគេហទំព័រ {w}", 0.95), ("អានចំនួន {n} ដង", 0.9), ("ផ្សាយនៅថ្ងៃទី {n} ខែមករា ឆ្នាំ {n}", 0.3),
    ("ចុះឈ្មោះទទួលព័ត៌មានពី {w} រាល់ព្រឹក តាមអ៊ីមែលរបស់លោកអ្នក ដោយឥតគិតថ្លៃ។", 0.9), ("មតិយោបល់ ({n})", 0.7),
    ("ហាមចម្លងអត្ថបទទាំងស្រុង ឬផ្នែកណាមួយ ដោយគ្មានការអនុញ្ញាតពី {w} ឡើយ។", 0.8), ("Share on Facebook", 0.6),
    ("សូមចុច Like ទំព័រហ្វេសប៊ុករបស់ {w} ដើម្បីទទួលបានព័ត៌មានទាន់ហេតុការណ៍", 0.7), ("បោះពុម្ពទំព័រនេះ", 0.4),
)  # fmt: skip
OF_AUTHORS: Final = (
    "អ្នកនិពន្ធ {w} បានសរសេរព័ត៌មាននៅទីនេះអស់រយៈពេលជាច្រើនឆ្នាំមកហើយ។", "អត្ថបទដោយក្រុមការងាររបស់ {w}",
)  # fmt: skip
AUTHOR_SHARE: Final = 0.2
MOST_KINDS: Final = 6
COPIED: Final = 0.1  # of texts stand on their host again, up to so many times
MOST_COPIES: Final = 4
NAMES: Final = ("ដំណឹងស្រុកស្រែ", "សំឡេងព្រៃភ្នំ", "ទន្លេមាស", "ពន្លឺថ្មី", "ផ្កាឈូក", "ខ្យល់ជំនោរ", "ផ្លូវជាតិ", "មាត់សមុទ្រ")


class Planted(NamedTuple):
    """Texts with what was planted in each, a line at a time."""

    texts: list[str]
    lines: list[list[str]]
    host: str


def rows() -> Iterator[Row]:
    """Recall over planted lines, precision over removed lines, and the speed of the three steps together."""
    folder = real_data()
    if folder is None:
        return
    planted = list(planted_hosts(folder))
    table = pa.concat_tables([_table(host) for host in planted])
    known = hosts.merge([hosts.observe(table)])
    done = settle(table, known)["text"].to_pylist()
    n_right, n_removed, n_planted = 0, 0, 0
    before = [(text, lines) for host in planted for text, lines in zip(host.texts, host.lines, strict=True)]
    for (text, lines), left in zip(before, done, strict=True):
        removed = Counter(text.split("\n")) - Counter(left.split("\n"))
        n_right += (removed & Counter(lines)).total()
        n_removed += removed.total()
        n_planted += len(lines)
    yield measured("clean.planted_boilerplate_recall", n_right / n_planted, f"of {n_planted} lines")
    yield measured(
        "clean.planted_boilerplate_precision", n_right / n_removed, f"of {n_removed} removed lines"
    )

    def settle_all() -> None:
        settle(table, hosts.merge([hosts.observe(table)]))

    n_bytes = sum(len(text.encode()) for text, _ in before)
    seconds = min(cpu_seconds(settle_all) for _ in range(ROUNDS))
    yield measured("clean.host_lines_speed", n_bytes / seconds / 1e6, "MB/s of imported text")


def planted_hosts(folder: Path) -> Iterator[Planted]:
    """Hosts of real texts in an order drawn once, some with copies of theirs."""
    generator = random.Random(SEED)
    texts = [
        row["text"] for source in SOURCES for row in json_lines(folder / "corpus" / f"{source}.jsonl.zst")
    ]
    generator.shuffle(texts)
    start = 0
    for number in range(N_HOSTS):
        size = generator.randint(*PAGES_OF_HOST)
        stories = texts[start : start + size]
        copies = [_copy(story, generator) for story in stories for _ in range(_n_copies(generator))]
        yield _planted(stories + copies, f"host-{number}.example", generator)
        start += size


def _n_copies(generator: random.Random) -> int:
    return generator.randint(1, MOST_COPIES) if generator.random() < COPIED else 0


def _copy(text: str, generator: random.Random) -> str:
    """The text as its host shows it once more: whole, without its end, or without its zero-width spaces."""
    lines = text.split("\n")
    return generator.choice([text, "\n".join(lines[: max(len(lines) - 1, 1)]), text.replace("\u200b", "")])


def _planted(texts: list[str], host: str, generator: random.Random) -> Planted:
    """The texts with this host's lines above and below."""
    name = generator.choice(NAMES)
    kinds = [(text, share) for text, share in generator.sample(EVERYWHERE, generator.randint(2, MOST_KINDS))]
    kinds += [(text, AUTHOR_SHARE) for text in generator.sample(OF_AUTHORS, generator.randint(0, 1))]
    n_above = generator.randint(0, len(kinds))
    new, planted = [], []
    for text in texts:
        lines = [
            (i, kind.format(n=generator.randint(1, 4000), w=name))
            for i, (kind, share) in enumerate(kinds)
            if generator.random() < share
        ]
        above = [line for i, line in lines if i < n_above]
        below = [line for i, line in lines if i >= n_above]
        new.append("\n".join([*above, text, *below]))
        planted.append(above + below)
    return Planted(new, planted, host)


def _table(host: Planted) -> pa.Table:
    given = {"id": "", "source": "", "licence": "", "origin": {}, "n_chars": 0, "n_bytes": 0, "n_clusters": 0}
    return pa.Table.from_pylist([{**given, "host": host.host, "text": text} for text in host.texts], PAGES)
