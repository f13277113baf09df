"""Documents with planted copies, as many as wanted: the input that deduplication is measured on, with its truth.

Most are articles, walks over the words of real Khmer text (see `bench.walks`), which differ; a third are copies of
documents before them, and copies of copies: exact, with words and spans changed, with a site's header and footer or
suffix, with other spacing and spelling. Others fill in a template, or carry a text that thousands carry. A document
is a function of the seed, the seed text and its number, so that a corpus can be of any size, and grow.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bench import walks
from bench.realdata import json_lines, real_data
from bench.walks import Integers, Pool
from corpus.document import DOCUMENT, ORIGIN, measure
from corpus.ledger import Ledger
from corpus.manifest import Manifest
from corpus.paths import Folder
from corpus.shards import ShardWriter
from corpus.stage import Task
from demo.texts import read_texts
from khmer.clusters import khmer_share
from khmer.words import words

BATCH: Final = 250  # documents made at once
SHARD_BYTES: Final = 100_000_000  # of text
LONGEST_PIECE: Final = 600  # bytes
MEDIAN: Final = 3000  # bytes of an article, as of the news

SOURCES: Final = ("web", "archive", "portal", "library")
LICENCES: Final = ("LicenseRef-unknown", "CC-BY-SA-4.0", "CC-BY-4.0", "CC0-1.0")
N_HOSTS: Final = 40
DAY: Final = 86_400_000  # milliseconds
START: Final = 14_610 * DAY  # 2010-01-01

MENU: Final = (
    "ទំព័រដើម", "ព័ត៌មានជាតិ", "អន្តរជាតិ", "សេដ្ឋកិច្ច", "កីឡា", "កម្សាន្ត", "សុខភាព", "បច្ចេកវិទ្យា", "អប់រំ", "វប្បធម៌",
    "កសិកម្ម", "ទេសចរណ៍", "បទយកការណ៍", "វីដេអូ", "រូបភាព",
)  # fmt: skip
CLOSING: Final = (
    "អត្ថបទទាក់ទង", "ចែករំលែកទៅកាន់មិត្តភក្តិ", "ព័ត៌មានថ្មីៗបំផុត", "សូមចុចទីនេះដើម្បីអានបន្ត", "មតិយោបល់របស់អ្នក",
    "ទាក់ទងផ្សាយពាណិជ្ជកម្ម", "អំពីយើងខ្ញុំ", "លក្ខខណ្ឌនៃការប្រើប្រាស់", "ភ្ជាប់ទំនាក់ទំនងជាមួយយើង",
)  # fmt: skip
SITES: Final = ("ដំណឹងភូមិ", "ទន្លេសាប", "ព្រឹកថ្មី", "ស្រុកស្រែ", "មេឃស្រឡះ", "ផ្កាត្រកួន")
PLACES: Final = (
    "ភ្នំពេញ", "បន្ទាយមានជ័យ", "បាត់ដំបង", "កំពង់ចាម", "កំពង់ឆ្នាំង", "កំពង់ស្ពឺ", "កំពង់ធំ", "កំពត", "កណ្តាល", "កែប", "កោះកុង",
    "ក្រចេះ", "មណ្ឌលគិរី", "ឧត្តរមានជ័យ", "ប៉ៃលិន", "ព្រះសីហនុ", "ព្រះវិហារ", "ពោធិ៍សាត់", "ព្រៃវែង", "រតនគិរី", "សៀមរាប",
    "ស្ទឹងត្រែង", "ស្វាយរៀង", "តាកែវ", "ត្បូងឃ្មុំ",
)  # fmt: skip
KHMER_DIGITS: Final = str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩")

ATTRIBUTES: Final = pa.schema(
    [pa.field("id", pa.string(), nullable=False), pa.field("quality_readable", pa.float64())]
)


@dataclass(frozen=True)
class Copies:
    """All documents of a seed and a seed text, by their numbers."""

    seed: int
    pool: Pool

    @classmethod
    def of(cls, seed: int) -> Copies:
        """Over the words of real news where there is real data, else over those of the demo's texts."""
        return cls(seed, seed_pool())

    def texts(self, first: int, most: int) -> pa.Array:
        """The texts of up to `most` documents from number `first` on: `most` of them, if they take less than 16 MB."""
        data, offsets = np.empty(walks.ROOM, np.uint8), np.empty(most + 1, np.int64)
        n = walks.fill_texts(self.seed, first, self.pool, data, offsets)
        used = data[: offsets[n]].copy()
        return pa.LargeStringArray.from_buffers(n, pa.py_buffer(offsets[: n + 1]), pa.py_buffer(used))

    def table(self, first: int, most: int) -> tuple[pa.Table, pa.Table]:
        """The documents whose texts `texts` gives, and their attributes."""
        texts = self.texts(first, most)
        n = len(texts)
        numbers = np.empty((7, n), np.int64)
        walks.fill_columns(self.seed, first, numbers)
        url_number, fetched, before = numbers[3], numbers[4], numbers[5]
        ids, host = _hexadecimal(numbers[:2]), _HOSTS.take(pa.array(url_number % N_HOSTS))
        at = pa.array(url_number).cast(pa.string())
        published = pa.array(START + (fetched - before) * DAY, mask=before < 0)
        origin = [pa.array(["generated"] * n), pa.array(np.arange(first, first + n))]
        columns = {
            "id": ids,
            "text": texts,
            "url": pc.binary_join_element_wise("https:/", host, at, "/"),
            "host": host,
            "source": _SOURCES.take(pa.array(numbers[2])),
            "licence": _LICENCES.take(pa.array(numbers[2])),
            "fetched_at": pa.array(START + fetched * DAY).cast(DOCUMENT.field("fetched_at").type),
            "published_at": published.cast(DOCUMENT.field("published_at").type),
            "origin": pa.StructArray.from_arrays(origin, fields=list(ORIGIN)),
            **measure(texts),
        }
        filled = [columns.get(field.name, pa.nulls(n, field.type)) for field in DOCUMENT]
        attributes = pa.Table.from_arrays([ids, pa.array(numbers[6] / 1000)], schema=ATTRIBUTES)
        return pa.Table.from_arrays(filled, schema=DOCUMENT), attributes

    def families(self, n: int) -> Integers:
        """Of the first `n` documents, a number that those made from one another share, and those of one template."""
        found = np.empty(n, np.int64)
        walks.fill_families(self.seed, found)
        return found

    def passages(self, n: int) -> Integers:
        """Of the first `n` documents, the paragraph that one shares with documents of other families, or -1."""
        found = np.empty(n, np.int64)
        walks.fill_passages(self.seed, found)
        return found


_HOSTS: Final = pa.array([f"site-{n}.example" for n in range(N_HOSTS)])
_SOURCES: Final = pa.array(SOURCES)
_LICENCES: Final = pa.array(LICENCES)


def _hexadecimal(halves: NDArray[np.int64]) -> pa.Array:
    """Strings of 32 digits from rows of two numbers, `(2, n)`."""
    digits = halves.T.astype(">i8").tobytes().hex().encode()
    offsets = np.arange(halves.shape[1] + 1, dtype=np.int32) * 32
    return pa.StringArray.from_buffers(halves.shape[1], pa.py_buffer(offsets), pa.py_buffer(digits))


def add_shards(run: Folder, copies: Copies, n_bytes: int, shard_bytes: int = SHARD_BYTES) -> int:
    """Let the finished cleaning stage of a run have `n_bytes` more of text, in shards of `shard_bytes`; all documents.

    Where the run has no cleaning stage it begins with document 0, else it goes on. What stands there stays as it is.
    """
    clean = run.child("clean")
    before = Manifest.load(clean) or Manifest("clean", "generated", {}, {}, [], [], {"documents": 0})
    outputs, ledger, first = list(before.outputs), Ledger(before.ledger), int(before.facts["documents"])
    n_shards = sum(file["path"].startswith("documents/") for file in outputs)
    while n_bytes > 0:
        task = Task(f"part-{n_shards:05d}", "clean", clean, None)
        first, written = _write_shard(task, copies, first, min(n_bytes, shard_bytes))
        outputs += task.files
        ledger.extend(task.ledger.rows())
        n_bytes -= written
        n_shards += 1
    Manifest("clean", "generated", {}, {}, outputs, ledger.rows(), {"documents": first}).save(clean)
    return first


def _write_shard(task: Task[None], copies: Copies, first: int, n_bytes: int) -> tuple[int, int]:
    """Write documents from number `first` on, of at least `n_bytes`; the number of the next, and their bytes."""
    written = 0
    with (
        ShardWriter(task.create(f"documents/{task.name}.parquet"), DOCUMENT) as documents,
        ShardWriter(task.create(f"attributes/{task.name}.parquet"), ATTRIBUTES) as scores,
    ):
        while written < n_bytes:
            table, attributes = copies.table(first, BATCH)
            reached = np.cumsum(table["n_bytes"].to_numpy())
            n_rows = int(np.searchsorted(reached, n_bytes - written)) + 1
            table, attributes = table.slice(0, n_rows), attributes.slice(0, n_rows)
            documents.write(table)
            scores.write(attributes)
            task.ledger.add_table(table, "in")
            task.ledger.add_table(table, "kept")
            first += len(table)
            written += pc.sum(table["n_bytes"]).as_py()
    return first, written


@cache
def seed_pool() -> Pool:
    """The pieces of the seed text, with those that sites and templates add."""
    return pool_of(seed_texts())


def seed_texts() -> list[str]:
    """News articles where there is real data, else the demo's Khmer texts; in order."""
    folder = real_data()
    if folder is not None:
        texts = [row["text"] for row in json_lines(folder / "corpus" / "news_phylypo.jsonl.zst")]
    else:
        texts = [text.plain for text in read_texts()]
    tidy = [
        re.sub(r"\s*\n\s*", "\n", re.sub("[\u200b-\u200d\ufeff\u00ad]", "", text)).strip() for text in texts
    ]
    shares = khmer_share(pa.array(tidy, pa.large_string())).tolist()
    return [text for text, share in zip(tidy, shares, strict=True) if share > 0.9]


def pool_of(texts: list[str]) -> Pool:
    """The pieces of texts: a word with all that follows it up to the next, and how they follow each other."""
    numbers: dict[bytes, int] = {}
    sequence = [numbers.setdefault(piece, len(numbers)) for text in texts for piece in _pieces(text)]
    table, special = list(numbers), [0]
    for group in (["\n"], *_site_pieces(), _number_pieces(), [f"{place} " for place in PLACES]):
        special.append(special[-1] + len(group))
        table += [piece.encode() for piece in group]
    lengths, pieces = np.array([len(piece) for piece in table]), np.array(sequence, np.int32)
    return Pool(
        data=np.frombuffer(b"".join(table) + bytes(walks.WHOLE), np.uint8),
        offsets=_offsets(lengths),
        followers=np.roll(pieces, -1)[np.argsort(pieces, kind="stable")],
        starts=_offsets(np.bincount(pieces, minlength=len(table))).astype(np.int32),
        special=np.array(special, np.int64) + len(numbers),
        median=int(MEDIAN / lengths[pieces].mean()),
    )


def _offsets(lengths: NDArray[Any]) -> Integers:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64)])


def _pieces(text: str) -> Iterator[bytes]:
    data = f"{text}\n".encode()
    spans = words(pa.array([data.decode()], pa.large_string())).spans
    bounds = [*spans[:, 0].tolist(), len(data)]
    for start, stop in pairwise(bounds):
        if stop - start <= LONGEST_PIECE:
            yield data[start:stop]


def _site_pieces() -> tuple[list[str], list[str], list[str]]:
    """Headers and footers of thirty sites, and what sites put behind a title or text."""
    draw = random.Random(5)
    headers, footers = [], []
    for n in range(30):
        site = f"{SITES[n % len(SITES)]}{'' if n < len(SITES) else n}"
        headers.append(" ".join([site, *draw.sample(MENU, draw.randint(6, 12))]))
        closing = draw.sample(CLOSING, draw.randint(3, 6))
        footers.append(" ".join([*closing, f"រក្សាសិទ្ធិគ្រប់យ៉ាងដោយ{site}"]))
    suffixes = [f" | សារព័ត៌មាន{site}" for site in SITES] + [" - អានបន្តនៅទីនេះ", " ប្រភព៖ វិទ្យុជាតិ"]
    return headers, footers, suffixes


def _number_pieces() -> list[str]:
    return [f"{str(n).translate(KHMER_DIGITS)} " for n in range(2, 100)] + [f"{n} " for n in range(2, 100)]
