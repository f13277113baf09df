"""Fits clean/scores/quality_weights.py: `python -m clean.learn.quality TEXTS.jsonl.zst …`.

The files hold JSON lines with id and text; which documents were read, and what a reader thought of them, stands in
quality_labels.tsv, where a source is a file's name up to the first dot. What is printed is measured by five-fold
cross-validation, ten times over.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from clean.learn.command import answer
from clean.learn.logistic import DECIMALS, newton, scale, weights_source
from clean.learn.texts import label_rows, normal
from clean.scores import score_texts
from clean.scores.linear import Standardised, probability
from clean.scores.quality import FEATURES, LABELS, READABLE, features, numbers
from clean.scores.texts import Floats, Texts
from corpus.errors import ConfigurationError
from corpus.lines import rows_of

Labels = NDArray[np.int64]

LABEL_FILE: Final = Path(__file__).with_name("quality_labels.tsv")
WEIGHTS_FILE: Final = Path(__file__).parents[1] / "scores" / "quality_weights.py"
PENALTY: Final = 0.1  # chosen by cross-validation among .01, .03, .1, .3 and 1
NEWTON_STEPS: Final = 30
FOLDS: Final = 5
ROUNDS: Final = 10
ENDS: Final = (
    1,
    99,
)  # percentiles that features are held within: a few long documents would weigh as much as all
N_CUTS: Final = len(LABELS) - 1  # steps from a label to a better one


class Fit(NamedTuple):
    """How features are weighed, and the biases of each label but the lowest."""

    features: Standardised
    biases: Floats

    def chance(self, x: Floats, label: int) -> Floats:
        """Probability of a label or a better one."""
        return probability(self.features.evidence(x) + self.biases[label - 1])


def fit(x: Floats, y: Labels) -> Fit:
    """Proportional odds with a ridge penalty: one set of weights, a bias for each step from a label to a better one."""
    scaled = scale(x, ENDS)
    standard = scaled.standard(x)
    rows = np.concatenate(
        [np.column_stack([standard, np.tile(np.eye(N_CUTS)[cut], (len(y), 1))]) for cut in range(N_CUTS)]
    )
    better = np.concatenate([y > cut for cut in range(N_CUTS)])
    penalty = np.full(rows.shape[1], PENALTY)
    penalty[-N_CUTS:] = 0
    beta = newton(rows, better, np.full(len(rows), 1 / len(y)), penalty, NEWTON_STEPS)
    return Fit(scaled._replace(weights=beta[:-N_CUTS]), beta[-N_CUTS:])


def held_out(x: Floats, y: Labels, seed: int) -> tuple[Floats, Floats]:
    """Evidence and probability of being readable of each document, from the others' labels."""
    fold = np.random.default_rng(seed).permutation(len(y)) % FOLDS
    given, chance = np.zeros(len(y)), np.zeros(len(y))
    for k in range(FOLDS):
        model = fit(x[fold != k], y[fold != k])
        given[fold == k] = model.features.evidence(x[fold == k])
        chance[fold == k] = model.chance(x[fold == k], READABLE)
    return given, chance


def auc(values: Floats, positive: NDArray[np.bool_]) -> float:
    """Share of pairs of a positive and another where the positive has the higher value; ties count half."""
    ordered = np.sort(values[~positive])
    below, up_to = (np.searchsorted(ordered, values[positive], side) for side in ("left", "right"))
    return float((below + up_to).sum() / 2 / max(len(ordered) * positive.sum(), 1))


def report(scores: pa.Table, x: Floats, y: Labels) -> Iterator[str]:
    """What cross-validation says, beside the best single scores."""
    rounds = [held_out(x, y, seed) for seed in range(ROUNDS)]
    chance = np.concatenate([chance for _, chance in rounds])
    good = np.tile(y >= READABLE, ROUNDS)
    yield f"{len(y)} documents: {', '.join(f'{(y == n).sum()} {name}' for n, name in enumerate(LABELS))}"
    for label in range(1, len(LABELS)):
        singles = {
            name: auc(np.nan_to_num(numbers(scores, name)), y >= label) for name in scores.column_names
        }
        best = max(singles, key=lambda name: abs(singles[name] - 0.5))
        ours = [auc(given, y >= label) for given, _ in rounds]
        single = f"best single score {max(singles[best], 1 - singles[best]):.3f} ({best})"
        yield f"{LABELS[label]} or better: AUC {np.mean(ours):.3f} ± {np.std(ours):.3f}; {single}"
    yield f"Brier score {np.mean((chance - good) ** 2):.4f}; always the mean {np.mean(good) * np.mean(~good):.4f}"
    yield "probability of being readable, and the share that is:"
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        chosen = (chance >= low) & (chance < low + 0.2)
        if chosen.any():
            figures = f"{chance[chosen].mean():.2f} {good[chosen].mean():.2f}"
            yield f"  {low:.1f} to {low + 0.2:.1f}: {figures} ({chosen.sum() / ROUNDS:.0f} documents)"


def labelled(uris: Iterable[str]) -> tuple[pa.Table, Labels]:
    """The scores of the documents that have a label, and the labels."""
    labels = {(row["source"], row["id"]): int(row["label"]) for row in label_rows(LABEL_FILE)}
    found: dict[tuple[str, str], str] = {}
    for uri in uris:
        source = uri.rpartition("/")[2].partition(".")[0]
        wanted = {id_ for named, id_ in labels if named == source}
        found |= {(source, row["id"]): row["text"] for row in rows_of(uri) if row["id"] in wanted}
    if missing := labels.keys() - found.keys():
        source, id_ = min(missing)
        msg = f"{LABEL_FILE.name}: {len(missing)} documents were not found, such as {id_} of {source}; expected all"
        raise ConfigurationError(f"{msg}. Try: name every file that the labels are of")
    keys = sorted(found)
    return score_texts(Texts.without_pages(normal([found[key] for key in keys]))), np.array(
        [labels[key] for key in keys]
    )


def source_of(model: Fit) -> str:
    """The module of the weights."""
    what = "Of each score least, most, mean, spread, weight; a bias for poor, readable and good."
    head = f'"""Written by `python -m clean.learn.quality`.\n\n{what}\n"""\n\n'
    return f"{head}{weights_source(model.features, FEATURES)}BIASES = {tuple(model.biases.round(DECIMALS).tolist())}\n"


def learn(words: Sequence[str]) -> str:
    """Fit to the labelled documents of some files, write the weights and tell what they are worth."""
    scores, y = labelled(words)
    x = features(scores)
    WEIGHTS_FILE.write_text(source_of(fit(x, y)), encoding="utf-8")
    return "\n".join(report(scores, x, y))


def main(words: Sequence[str]) -> None:
    """Answer a command line."""
    answer(words, __doc__, learn)


if __name__ == "__main__":
    main(sys.argv[1:])
