"""How long a peer takes to sketch texts: `python -m bench.peers.sketches PEER`, JSON lines in, one JSON object out."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from importlib.metadata import version
from typing import Any, Final

import numpy as np

from bench.peers.shingles import shingles

SLOTS: Final = 128
SEED: Final = 42
Works = dict[str, Callable[[], object]]


def rensa(texts: list[str]) -> Works:
    """R-MinHash over all tokens, its quickest way: a matrix of digests for many documents at once.

    `text` makes the shingles in plain Python, `ready` finds them made, and as UTF-8, which Python's strings keep from
    the first call (it alone takes three times as long); `kernel` finds them hashed in one array.
    """
    from rensa import RMinHash

    made = [shingles(text) for text in texts]
    hashes = RMinHash.hash_token_sets(made)
    flat = np.array([value for row in hashes for value in row], np.uint64)
    offsets = np.cumsum([0, *map(len, hashes)], dtype=np.uint64)

    def sketch(sets: list[list[str]]) -> object:
        return RMinHash.digest_matrix_from_token_sets(sets, num_perm=SLOTS, seed=SEED)

    return {
        "text": lambda: sketch([shingles(text) for text in texts]),
        "ready": lambda: sketch(made),
        "kernel": lambda: RMinHash.digest_matrix_from_flat_token_hashes(
            flat, offsets, num_perm=SLOTS, seed=SEED
        ),
    }


def datatrove(texts: list[str]) -> Works:
    """The signature step for Khmer, with 16 buckets of 8; its shingles are five words by khmer-nltk.

    `kernel` finds the shingles hashed.
    """
    from datatrove.pipeline.dedup import MinhashDedupSignature
    from datatrove.pipeline.dedup.minhash import MinhashConfig

    config = MinhashConfig(num_buckets=SLOTS // 8, hashes_per_bucket=8)
    step = MinhashDedupSignature(tempfile.gettempdir(), config=config, language="khm_Khmr")

    def signatures(rows: Iterable[Any]) -> object:
        return [step.get_signature(row) for row in rows if row.size]  # as the step itself does

    made = [step.get_shingles(text) for text in texts]
    return {
        "text": lambda: signatures(map(step.get_shingles, texts)),
        "kernel": lambda: signatures(made),
    }


PEERS: Final = {"rensa": rensa, "datatrove": datatrove}


def cpu_seconds(work: Callable[[], object]) -> float:
    """The CPU time of the second of two calls."""
    work()
    started = time.process_time()
    work()
    return time.process_time() - started


def main(peer: str) -> None:
    """Print `{"version": …, "documents_per_second": {"text": …, "ready": …, "kernel": …}}`."""
    texts: list[Any] = [json.loads(line) for line in sys.stdin.buffer]
    speeds = {kind: len(texts) / cpu_seconds(work) for kind, work in PEERS[peer](texts).items()}
    print(json.dumps({"version": f"{peer} {version(peer)}", "documents_per_second": speeds}))


if __name__ == "__main__":
    main(sys.argv[1])
