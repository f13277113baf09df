"""Canonical Khmer text: one encoding for what looks the same.

`khmer.rules` states the rules and `khmer.reference` applies them one by one; `normalize` gives the same result for an
Arrow column by a compiled scan and a table from cluster to canonical cluster, which fills itself as clusters are met.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from khmer.buffers import Utf8, large_strings, utf8, with_nulls_of
from khmer.reference import repair_text
from khmer.rules import GROUPS, STANDARD, Options, Rule


class Repaired(NamedTuple):
    """Canonical texts, and what was changed in each."""

    texts: pa.LargeStringArray
    n_repaired: NDArray[np.int64]  # (n,): clusters
    # (n, rules), a column for each `Rule`: code points that went or were spelt out, clusters that a rule changed, and
    # 1 for form C.
    n_by_rule: NDArray[np.int64]

    def by_group(self) -> dict[str, NDArray[np.int64]]:
        """The counts of each text by group of rules, each `(n,)`."""
        return {name: self.n_by_rule[:, rules].sum(axis=1) for name, rules in GROUPS.items()}


def normalize_text(text: str, options: Options = STANDARD) -> str:
    """The canonical form of one text."""
    return repair_text(text, options).text


def normalize(texts: pa.Array | pa.ChunkedArray, options: Options = STANDARD) -> pa.LargeStringArray:
    """The canonical form of each text; nulls stay null."""
    return repair(texts, options).texts


def repair(texts: pa.Array | pa.ChunkedArray, options: Options = STANDARD) -> Repaired:
    """`normalize`, with counts of what was changed."""
    documents = utf8(texts)
    repaired = _run_kernel(documents, options)
    for_reference = repaired.n_repaired < 0
    if for_reference.any():
        repaired = _with_reference(repaired, documents, for_reference, options)
    return repaired._replace(texts=with_nulls_of(repaired.texts, texts))


def repaired_anew(
    repaired: Repaired, texts: pa.Array | pa.ChunkedArray, rows: NDArray[np.bool_], options: Options
) -> Repaired:
    """The result with some rows, `(n,) bool`, repaired again from the texts as they came, under other options.

    For documents found to be in a language that the rules of Khmer would harm: see `khmer.rules.MINORITY`.
    """
    if not rows.any():
        return repaired
    anew = repair(texts.filter(pa.array(rows)), options)
    n_repaired, n_by_rule = repaired.n_repaired.copy(), repaired.n_by_rule.copy()
    n_repaired[rows], n_by_rule[rows] = anew.n_repaired, anew.n_by_rule
    return Repaired(pc.replace_with_mask(repaired.texts, pa.array(rows), anew.texts), n_repaired, n_by_rule)


def _with_reference(
    repaired: Repaired, documents: Utf8, for_reference: NDArray[np.bool_], options: Options
) -> Repaired:
    texts = []
    for i in np.flatnonzero(for_reference).tolist():
        text, n_repaired, n_by_rule = repair_text(_document(documents, i), options)
        texts.append(text)
        repaired.n_repaired[i] = n_repaired
        repaired.n_by_rule[i] = [n_by_rule[rule] for rule in Rule]
    replacements = pa.array(texts, pa.large_string())
    return repaired._replace(
        texts=pc.replace_with_mask(repaired.texts, pa.array(for_reference), replacements)
    )


def _document(documents: Utf8, i: int) -> str:
    return documents.data[documents.offsets[i] : documents.offsets[i + 1]].tobytes().decode()


def _run_kernel(documents: Utf8, options: Options) -> Repaired:
    from khmer.kernels import Result, normalize_documents
    from khmer.packed import canonical_table

    n = documents.n_documents
    result = Result(
        data=np.empty(documents.n_bytes, np.uint8),
        offsets=np.zeros(n + 1, np.int64),
        n_repaired=np.zeros(n, np.int64),
        n_by_rule=np.zeros((n, len(Rule)), np.int64),
    )
    table = canonical_table(options)
    document, missing = normalize_documents(documents, table.arrays, result, 0)
    while missing:
        table.add(int(missing))
        document, missing = normalize_documents(documents, table.arrays, result, document)
    texts = large_strings(result.data[: result.offsets[-1]], result.offsets)
    return Repaired(texts, result.n_repaired, result.n_by_rule)
