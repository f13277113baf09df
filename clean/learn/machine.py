"""Fits clean/scores/machine_weights.py: `python -m clean.learn.machine TEXTS.jsonl.zst`.

The file holds JSON lines with id and text; which documents were read, and whether a machine had translated them (1),
stands in machine_labels.tsv. What is printed is measured on each half of the labels by the other half.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean.learn.command import answer, only_file
from clean.learn.logistic import DECIMALS, newton, scale, weights_source
from clean.learn.texts import label_rows, normal
from clean.scores.linear import Standardised, probability
from clean.scores.machine import FEATURES, features
from clean.scores.texts import Floats, Texts
from corpus.errors import ConfigurationError
from corpus.lines import rows_of

Labels = NDArray[np.bool_]

LABEL_FILE: Final = Path(__file__).with_name("machine_labels.tsv")
WEIGHTS_FILE: Final = Path(__file__).parents[1] / "scores" / "machine_weights.py"
PENALTY: Final = 1.0
NEWTON_STEPS: Final = 60
ENDS: Final = (0, 98)  # percentiles that features are held within
HALVES: Final = 2
THRESHOLDS: Final = (0.3, 0.5, 0.7, 0.8)


class Fit(NamedTuple):
    """How features are weighed, and the bias."""

    features: Standardised
    bias: float

    def chance(self, x: Floats) -> Floats:
        """Probability of each text that a machine translated it."""
        return probability(self.features.evidence(x) + self.bias)


def fit(x: Floats, y: Labels) -> Fit:
    """Logistic regression with a ridge penalty."""
    scaled = scale(x, ENDS)
    rows = np.column_stack([scaled.standard(x), np.ones(len(y))])
    penalty = np.full(rows.shape[1], PENALTY)
    penalty[-1] = 0
    beta = newton(rows, y, np.ones(len(y)), penalty, NEWTON_STEPS)
    return Fit(scaled._replace(weights=beta[:-1]), float(beta[-1]))


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


def labelled(uri: str) -> tuple[Floats, Labels]:
    """The features of the documents that have a label, and the labels, in the order of ids."""
    labels = {row["id"]: row["label"] == "1" for row in label_rows(LABEL_FILE)}
    found = {row["id"]: row["text"] for row in rows_of(uri) if row["id"] in labels}
    if missing := labels.keys() - found.keys():
        msg = f"{uri}: lacks {len(missing)} labelled documents, such as {min(missing)}; expected all"
        raise ConfigurationError(f"{msg}. Try: the file that the labels are of")
    ids = sorted(found)
    texts = Texts.without_pages(normal([found[id_] for id_ in ids]))
    return features(texts), np.array([labels[id_] for id_ in ids])


def source_of(model: Fit) -> str:
    """The module of the weights."""
    head = (
        '"""Written by `python -m clean.learn.machine`. Features: least, most, mean, spread, weight."""\n\n'
    )
    return f"{head}{weights_source(model.features, FEATURES)}BIAS = {round(model.bias, DECIMALS)}\n"


def learn(words: Sequence[str]) -> str:
    """Fit to the labelled documents of a file, write the weights and tell what they are worth."""
    x, y = labelled(only_file(words, "clean.learn.machine"))
    WEIGHTS_FILE.write_text(source_of(fit(x, y)), encoding="utf-8")
    return "\n".join(report(x, y))


def main(words: Sequence[str]) -> None:
    """Answer a command line."""
    answer(words, __doc__, learn)


if __name__ == "__main__":
    main(sys.argv[1:])
