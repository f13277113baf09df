"""Canonical Khmer text: one encoding for what looks the same.

`normalize_text` states the rules and is the reference; `normalize` gives the same result for an Arrow column by a
compiled scan and a table from cluster to canonical cluster, which fills itself as clusters are met.

What changes: invisible characters go (`INVISIBLE_CLASS`); ZWNJ stays only behind a register shifter, where it keeps
the shifter's shape, and ZWJ only inside emoji; the deprecated U+17A3, U+17A4 and U+17D8 are spelt out; the text takes
Unicode normalisation form C (never KC: it rewrites digits and signs); each cluster takes its canonical form.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from khmer.buffers import Utf8, large_strings, utf8, with_nulls_of
from khmer.canonical import canonical
from khmer.codepoints import BASE_CLASS, CLUSTER, COENG, INVISIBLE_CLASS, SHIFTER_CLASS, ZWJ, ZWNJ

_DEPRECATED: Final = {0x17A3: "\u17a2", 0x17A4: "\u17a2\u17b6", 0x17D8: "\u17d4\u179b\u17d4"}
_INVISIBLE: Final = re.compile(f"[{INVISIBLE_CLASS}]")
_JOINERS: Final = re.compile(f"[{ZWNJ}{ZWJ}]+")
_SHIFTER: Final = re.compile(f"[{SHIFTER_CLASS}]")
_EMOJI: Final = re.compile("[\U0001f000-\U0001ffff\ufe0f]")
_BASE: Final = re.compile(f"[{BASE_CLASS}]")
_CLUSTER_OR_ZWNJ: Final = re.compile(f"{CLUSTER.pattern}|{ZWNJ}")


class Repaired(NamedTuple):
    """Canonical texts, and how many clusters of each were changed, `(n,) int64`."""

    texts: pa.LargeStringArray
    n_repaired: NDArray[np.int64]


def normalize_text(text: str) -> str:
    """The canonical form of one text."""
    return _repair_text(text)[0]


def normalize(texts: pa.Array | pa.ChunkedArray) -> pa.LargeStringArray:
    """The canonical form of each text; nulls stay null."""
    return repair(texts).texts


def repair(texts: pa.Array | pa.ChunkedArray) -> Repaired:
    """`normalize`, with the number of clusters changed in each text."""
    documents = utf8(texts)
    normalized, n_repaired = _run_kernel(documents)
    for_reference = n_repaired < 0
    if for_reference.any():
        results = [_repair_text(_document(documents, i)) for i in np.flatnonzero(for_reference).tolist()]
        replacements = pa.array([text for text, _ in results], pa.large_string())
        normalized = pc.replace_with_mask(normalized, pa.array(for_reference), replacements)
        n_repaired[for_reference] = [count for _, count in results]
    return Repaired(with_nulls_of(normalized, texts), n_repaired)


def _document(documents: Utf8, i: int) -> str:
    return documents.data[documents.offsets[i] : documents.offsets[i + 1]].tobytes().decode()


# --- the reference ---------------------------------------------------------------------------------------------


def _repair_text(text: str) -> tuple[str, int]:
    text = _JOINERS.sub(_kept_joiner, _INVISIBLE.sub("", text)).translate(_DEPRECATED)
    n_repaired = 0

    def replacement(match: re.Match[str]) -> str:
        nonlocal n_repaired
        cluster = match[0]
        if cluster == ZWNJ:
            return ""  # behind a shifter that has no base
        repaired = canonical(cluster)
        if repaired == cluster or _disturbs(repaired, match.string[match.end() : match.end() + 1]):
            return cluster
        n_repaired += 1
        return repaired

    return _CLUSTER_OR_ZWNJ.sub(replacement, unicodedata.normalize("NFC", text)), n_repaired


def _kept_joiner(match: re.Match[str]) -> str:
    before = match.string[max(match.start() - 1, 0) : match.start()]
    if ZWNJ in match[0] and _SHIFTER.match(before):
        return ZWNJ
    return ZWJ if ZWJ in match[0] and _EMOJI.match(before) else ""


def _disturbs(cluster: str, following: str) -> bool:
    """Whether a cluster would take the base that follows it, or change places with it under form C."""
    if cluster[-1] == COENG and _BASE.match(following):
        return True
    return 0 < (unicodedata.combining(following) if following else 0) < unicodedata.combining(cluster[-1])


# --- the compiled scan -----------------------------------------------------------------------------------------


def _run_kernel(documents: Utf8) -> tuple[pa.LargeStringArray, NDArray[np.int64]]:
    from khmer.kernels import Result, normalize_documents
    from khmer.packed import canonical_table

    result = Result(
        data=np.empty(documents.n_bytes, np.uint8),
        offsets=np.zeros(documents.n_documents + 1, np.int64),
        n_repaired=np.zeros(documents.n_documents, np.int64),
    )
    table = canonical_table()
    document, missing = normalize_documents(documents, table.arrays, result, 0)
    while missing:
        table.add(int(missing))
        document, missing = normalize_documents(documents, table.arrays, result, document)
    return large_strings(result.data[: result.offsets[-1]], result.offsets), result.n_repaired
