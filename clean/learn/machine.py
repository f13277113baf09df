"""Fits clean/scores/machine_weights.py: `python -m clean.learn.machine TEXTS.jsonl.zst`.

The file holds JSON lines with id and text; which documents were read, and whether a machine had translated them (1),
stands in machine_labels.tsv. What is printed is measured on each half of the labels by the other half.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from clean.extract.tables import PAGE_FACTS
from clean.learn.texts import normal, rows_of_file
from clean.scores.machine import FEATURES, features
from clean.scores.texts import Texts
from corpus.cli import fail
from corpus.errors import ConfigurationError, SastraError

Floats = NDArray[np.float64]
Labels = NDArray[np.bool_]

LABEL_FILE: Final = Path(__file__).with_name("machine_labels.tsv")
WEIGHTS_FILE: Final = Path(__file__).parents[1] / "scores" / "machine_weights.py"
PENALTY: Final = 1.0
NEWTON_STEPS: Final = 60
ENDS: Final = (0, 98)  # percentiles that features are held within
HALVES: Final = 2
THRESHOLDS: Final = (0.3, 0.5, 0.7, 0.8)


class Fit(NamedTuple):
    """Standardisation and weights, each by feature, and the bias."""

    least: Floats
    most: Floats
    means: Floats
    spreads: Floats
    weights: Floats
    bias: float

    def chance(self, x: Floats) -> Floats:
        """Probability of each text that a machine translated it."""
        standard = (np.clip(x, self.least, self.most) - self.means) / self.spreads
        return np.asarray(1 / (1 + np.exp(-(standard @ self.weights + self.bias))))


def fit(x: Floats, y: Labels) -> Fit:
    """Logistic regression with a ridge penalty."""
    least, most = np.percentile(x, ENDS, axis=0)
    held = np.clip(x, least, most)
    means, spreads = held.mean(axis=0), held.std(axis=0)
    rows = np.column_stack([(held - means) / spreads, np.ones(len(y))])
    penalty = np.full(rows.shape[1], PENALTY)
    penalty[-1] = 0
    beta = np.zeros(rows.shape[1])
    for _ in range(NEWTON_STEPS):
        p = 1 / (1 + np.exp(-(rows @ beta)))
        curvature = (rows.T * (p * (1 - p))) @ rows + np.diag(penalty)
        beta -= np.linalg.solve(curvature, rows.T @ (p - y) + penalty * beta)
    return Fit(least, most, means, spreads, beta[:-1], float(beta[-1]))


def report(x: Floats, y: Labels) -> Iterator[str]:
    """Precision and recall on each half by a model of the other, at several thresholds."""
    half = np.random.default_rng(0).permutation(len(y)) % HALVES
    chance = np.zeros(len(y))
    for k in range(HALVES):
        chance[half == k] = fit(x[half != k], y[half != k]).chance(x[half == k])
    yield f"{len(y)} documents, {y.sum()} of them translated"
    for threshold in THRESHOLDS:
        marked = chance > threshold
        right = int((marked & y).sum())
        precision, recall = right / max(marked.sum(), 1), right / y.sum()
        yield f"over {threshold}: {right} of {marked.sum()} right ({precision:.3f}), recall {recall:.3f}"


def labelled(path: Path) -> tuple[Floats, Labels]:
    """The features of the documents that have a label, and the labels, in the order of ids."""
    with LABEL_FILE.open(encoding="utf-8") as file:
        lines = csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t")
        labels = {line["id"]: line["label"] == "1" for line in lines}
    found = {row["id"]: row["text"] for row in rows_of_file(path) if row["id"] in labels}
    if missing := labels.keys() - found.keys():
        msg = f"{path}: lacks {len(missing)} labelled documents, such as {min(missing)}; expected all"
        raise ConfigurationError(f"{msg}. Try: the file that the labels are of")
    ids = sorted(found)
    texts = pa.table({"text": normal([found[id_] for id_ in ids])})
    page = pa.table([pa.nulls(len(ids), field.type) for field in PAGE_FACTS], PAGE_FACTS)
    return features(Texts(texts, page)), np.array([labels[id_] for id_ in ids])


def source_of(model: Fit) -> str:
    """The module of the weights."""
    columns = np.column_stack(model[:-1]).round(4).tolist()
    rows = "".join(f'    "{name}": {tuple(row)},\n' for name, row in zip(FEATURES, columns, strict=True))
    head = (
        '"""Written by `python -m clean.learn.machine`. Features: least, most, mean, spread, weight."""\n\n'
    )
    return f"{head}WEIGHTS = {{\n{rows}}}\nBIAS = {round(model.bias, 4)}\n"


def main(words: Sequence[str]) -> None:
    """Fit to the labelled documents of a file, write the weights and print what they are worth."""
    if len(words) != 1 or {"-h", "--help"} & set(words):
        print(__doc__)  # noqa: T201 (a command line)
        return
    try:
        x, y = labelled(Path(words[0]))
        WEIGHTS_FILE.write_text(source_of(fit(x, y)), encoding="utf-8")
        print("\n".join(report(x, y)))  # noqa: T201 (a command line)
    except SastraError as error:
        fail(str(error), error.exit_code)


if __name__ == "__main__":
    main(sys.argv[1:])
