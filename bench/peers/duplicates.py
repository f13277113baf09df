"""What a peer's own deduplication does: `python -m bench.peers.duplicates SETTING`, JSON lines in, one JSON object out.

A document's cluster is the number of one of its members; of documents in one cluster the peer keeps those it keeps.
"""

from __future__ import annotations

import json
import re
import resource
import struct
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, NamedTuple

from bench.peers.shingles import shingles

SLOTS: Final = 128
SEED: Final = 42


class Outcome(NamedTuple):
    """Of each document, its cluster and whether it is kept."""

    cluster: list[int]
    kept: list[bool]


def rensa(texts: list[str], *, bands: int | None) -> Outcome:
    """R-MinHash and LSH, candidates checked by their sketches; a document that resembles one kept before is removed.

    Left to itself it takes 8 bands of 16.
    """
    from rensa import RMinHash, RMinHashDeduplicator

    sketches = RMinHash.from_token_sets([shingles(text) for text in texts], num_perm=SLOTS, seed=SEED)
    deduplicator = RMinHashDeduplicator(0.8, SLOTS, use_lsh=True, num_bands=bands, seed=SEED)
    kept = deduplicator.add_pairs([(str(number), sketch) for number, sketch in enumerate(sketches)])
    alike = deduplicator.get_duplicate_sets(sketches)
    cluster = [n if kept[n] else min(map(int, alike[n]), default=n) for n in range(len(texts))]
    return Outcome(cluster, kept)


def text_dedup(texts: list[str], *, options: list[str]) -> Outcome:
    """The command `text_dedup.minhash`, in this process, with a file of JSON lines as its data set.

    It splits at what is no letter or digit to Python, and so at every Khmer vowel and coeng: its tokens are runs of
    consonants, five of them about as long as six clusters.
    """
    from datasets import load_from_disk
    from text_dedup import minhash

    with tempfile.TemporaryDirectory() as folder:
        data, output = Path(folder, "texts.jsonl"), Path(folder, "out")
        data.write_text("".join(json.dumps({"text": text, "row": n}) + "\n" for n, text in enumerate(texts)))
        given = ["--path", "json", "--data_files", str(data), "--split", "train", "--column", "text"]
        where = ["--output", str(output), "--cache_dir", str(Path(folder, "cache")), "--num_proc", "1"]
        minhash.main([*given, *where, *options], standalone_mode=False)
        stay = set(load_from_disk(str(output))["row"])
    numbers = range(len(texts))
    return Outcome([minhash.uf.find(n) for n in numbers], [n in stay for n in numbers])


def datatrove(texts: list[str], *, language: str, marks: str) -> Outcome:
    """The four steps of MinHash deduplication, each run by the local executor with one task at a time."""
    from datatrove.data import Document
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup import MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupSignature
    from datatrove.pipeline.dedup.minhash import MinhashConfig
    from datatrove.utils.text import TextNormConfig

    config = MinhashConfig(norm_config=TextNormConfig(norm_unicode_diacritics=marks == "stripped"))
    documents = [Document(text=text, id=str(number)) for number, text in enumerate(texts)]
    with tempfile.TemporaryDirectory() as folder:
        at = partial(str.__add__, f"{folder}/")
        steps = [
            (1, [documents, MinhashDedupSignature(at("signatures"), config=config, language=language)]),
            (config.num_buckets, [MinhashDedupBuckets(at("signatures"), at("buckets"), config=config)]),
            (1, [MinhashDedupCluster(at("buckets"), at("removed"), config=config, save_cluster_id=True)]),
        ]
        for number, (tasks, pipeline) in enumerate(steps):
            LocalPipelineExecutor(pipeline, tasks=tasks, workers=1, logging_dir=at(f"logs-{number}")).run()
        return _clusters(Path(folder, "removed"), len(texts))


def _clusters(folder: Path, n_documents: int) -> Outcome:
    """What the third step of datatrove wrote; the fourth only reads it."""
    removed, numbered = Path(folder, "000000.remove"), Path(folder, "000000.clusters")
    gone = {row for (row,) in struct.iter_unpack("<I", removed.read_bytes())} if removed.exists() else set()
    cluster = list(range(n_documents))
    first: dict[int, int] = {}
    for row, number in struct.iter_unpack("<II", numbered.read_bytes()) if numbered.exists() else ():
        cluster[row] = first.setdefault(number, row)
    return Outcome(cluster, [n not in gone for n in range(n_documents)])


# As shipped, and as one who knows Khmer would set it.
SETTINGS: Final[dict[str, tuple[str, Callable[[list[str]], Outcome]]]] = {
    "rensa": ("rensa", partial(rensa, bands=None)),
    "rensa_set": ("rensa", partial(rensa, bands=16)),
    "text_dedup": ("text-dedup", partial(text_dedup, options=[])),
    "text_dedup_set": ("text-dedup", partial(text_dedup, options=["--threshold", "0.8"])),
    "text_dedup_21x6": (
        "text-dedup",
        partial(text_dedup, options=["--num_perm", "128", "--b", "21", "--r", "6"]),
    ),
    "datatrove": ("datatrove", partial(datatrove, language="eng", marks="stripped")),
    "datatrove_khmer": ("datatrove", partial(datatrove, language="khm_Khmr", marks="stripped")),
    "datatrove_khmer_set": ("datatrove", partial(datatrove, language="khm_Khmr", marks="kept")),
}


def measured(package: str, work: Callable[[list[str]], Outcome]) -> str:
    """What becomes of the texts on stdin, as JSON: `{"version", "cluster", "kept", "cpu_seconds", "peak_bytes"}`.

    A call with some texts, each twice, goes before: imports, models and compilation are not counted.
    """
    texts: list[Any] = [json.loads(line) for line in sys.stdin.buffer]
    work(texts[:20] * 2)
    before = _cpu_seconds()
    outcome = work(texts)
    report = {
        "version": f"{package} {version(package)}",
        "cpu_seconds": _cpu_seconds() - before,
        "peak_bytes": _peak_bytes(),
        **outcome._asdict(),
    }
    return json.dumps(report)


def _cpu_seconds() -> float:
    """Of this process and those it has waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _peak_bytes() -> int:
    """The most memory that this process, or the largest it has waited for, ever held.

    Of a process of its own, `getrusage` tells no less than its parent held when it started this one.
    """
    own = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return 1024 * max(int(own[1]) if own else 0, children)


if __name__ == "__main__":
    print(measured(*SETTINGS[sys.argv[1]]))
