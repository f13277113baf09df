"""The index: what outlives a run of the stage, so that a corpus that grows costs what is new.

It holds a folder a shard (all that later phases know of its texts), generations of sorted band keys (of the documents
added together, and of small additions before them), and what became of every document. `current.json`, replaced last of
all, names what belongs together; everything else is written under names that say what it was made from, and swept when
no longer named.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from corpus.manifest import digest, fingerprint
from corpus.paths import Folder
from corpus.stage import Task
from dedup.columns import Census
from dedup.config import DedupConfig

INDEX: Final = "index"
CURRENT: Final = f"{INDEX}/current.json"
_CONTENTS: Final = {"shards", "order", "generations", "state", "facts"}  # of `current.json`, beside `files`
APPLIED: Final = f"{INDEX}/applied"  # what was written of each shard, and for which decisions
SURE_BANDS: Final = 3  # after those of the sketch: of text, of the units of a short document, of URL
COMPONENT: Final = "component"  # beside the fates: a member of each document's component, one for all
FATE: Final = {
    "kept": "uint32",
    "reason": "uint8",
    "similarity": "float32",
    "cluster": "uint32",
    "numbers_lost": "uint16",  # numbers and dates that stand in it and not in the one kept for it
    "places_lost": "uint16",
}
FATES: Final = np.dtype([("number", "uint32"), *FATE.items()])  # of some documents, where these are found out

Generation = tuple[str, int]  # folder of sorted band keys, and the number of documents that these are of


@dataclass(frozen=True)
class Plan:
    """Which documents are new, and where what is known of the others stands."""

    shards: list[str]  # names in the index, in the order in which documents are numbered
    sketched: dict[str, dict[str, Any]]  # what `sketch_shard` told of each shard that has its entry
    n_old: int  # shards, the first of all, whose documents' fates are known
    generations: list[Generation]  # of the old shards
    n_staying: int  # of these, the first; the others become part of the new one
    state: str  # folder of the old documents' fates

    @classmethod
    def of(cls, task: Task[Any]) -> Plan:
        """The plan handed to a task as its argument `plan`."""
        return cls(**task.arguments["plan"])

    @property
    def new(self) -> list[str]:
        """The shards whose documents' fates are to be found."""
        return self.shards[self.n_old :]

    @property
    def new_generation(self) -> str:
        """The folder of sorted band keys of all documents that no generation which stays has."""
        first = sum(n_documents for _, n_documents in self.generations[: self.n_staying])
        return f"{INDEX}/generations/{_named_after([*self.shards, str(first)])}"

    def all_generations(self, census: Census) -> list[Generation]:
        """Those that hold the band keys of all documents."""
        return [
            *self.generations[: self.n_staying],
            *([(self.new_generation, self.n_sorted(census))] if self.new else []),
        ]

    def n_sorted(self, census: Census) -> int:
        """Documents of the new generation."""
        return census.total - sum(n_documents for _, n_documents in self.generations[: self.n_staying])

    @property
    def new_state(self) -> str:
        """The folder of all documents' fates."""
        return f"{INDEX}/states/{_named_after(self.shards)}"

    def n_old_documents(self, census: Census) -> int:
        """Documents whose fates are known."""
        return sum(census.counts[: self.n_old])


def _named_after(names: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]


def entry(shard: str) -> str:
    """The folder of a shard's entry."""
    return f"{INDEX}/shards/{shard}"


def settings(config: DedupConfig) -> str:
    """What an entry must have been made with to be of use: the config and the code; its shard's name tells."""
    return fingerprint("dedup", "dedup", config, {})


def plan_run(task: Task[DedupConfig]) -> dict[str, Any]:
    """The Plan for the input shards (argument `shards`: their names in the index).

    Documents added to those of the index are new. Where a shard went or changed, all fates are found again, from the
    entries of the shards that stayed. Receipts of tasks that worked to another plan are deleted. The plan holds as long
    as the files of the index do, which are in its receipt.
    """
    task.folder.delete("receipts")
    wanted = list(task.arguments["shards"])
    current = read_current(task.folder)
    if current is None:
        return vars(Plan(wanted, {}, 0, [], 0, ""))
    task.retake([{"path": path, "bytes": size} for path, size in current["files"].items()], [])
    have = current["shards"]
    sketched = {name: have[name] for name in wanted if name in have}
    if not set(have) <= set(wanted):
        return vars(Plan(wanted, sketched, 0, [], 0, ""))
    old = current["order"]
    shards = [*old, *(name for name in wanted if name not in have)]
    generations = current["generations"]
    n_staying = count_staying([n for _, n in generations]) if len(shards) > len(old) else len(generations)
    return vars(Plan(shards, sketched, len(old), generations, n_staying, current["state"]))


def count_staying(documents: Sequence[int]) -> int:
    """How many generations, by their numbers of documents, stay: those that have more than all later ones together.

    So there are never more than the logarithm of their documents, and a document's keys are sorted as often.
    """
    later = [sum(documents[i + 1 :]) for i in range(len(documents) - 1)]
    return next((i for i, held in enumerate(later) if documents[i] <= held), len(documents))


def read_current(folder: Folder) -> dict[str, Any] | None:
    """The index's contents, or None where there is none, or a file of it is missing or of another size."""
    if not folder.exists(CURRENT):
        return None
    try:
        current: dict[str, Any] = folder.read_json(CURRENT)
        sizes = folder.sizes(INDEX)
        whole = all(sizes.get(path) == size for path, size in current["files"].items())
        return current if whole and set(current) >= _CONTENTS else None
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def commit(task: Task[DedupConfig]) -> dict[str, Any]:
    """Make this run's index the current one; what the manifest tells of it: of the last addition.

    `task.arguments["facts"]` are those of this run, in which nothing may have been added.
    """
    plan = Plan.of(task)
    known = None if plan.new else read_current(task.folder)
    facts: dict[str, Any] = known["facts"] if known else task.arguments["facts"]
    generations = plan.all_generations(Census.of(task))
    sizes = task.folder.sizes(INDEX)
    folders = {*map(entry, plan.shards), *(folder for folder, _ in generations), plan.new_state}
    value = {
        "shards": plan.sketched,
        "order": plan.shards,
        "generations": generations,
        "state": plan.new_state,
        "facts": facts,
        "files": {path: size for path, size in sizes.items() if path.rpartition("/")[0] in folders},
    }
    with task.create(CURRENT) as file:
        file.write(json.dumps(value, sort_keys=True).encode())  # with line ends it takes ten times as long
    return facts


def sweep(folder: Folder, names: Sequence[str]) -> None:
    """Delete what the current index does not name, and records of other output than of these names.

    With it goes the plan, which names what is deleted: where output is lost later, the same input is planned again.
    """
    current = read_current(folder)
    if current is not None:
        folder.delete("receipts/plan")
        named = {CURRENT, *current["files"], *(f"{APPLIED}/{name}.json" for name in names)}
        for path in folder.sizes(INDEX):
            if path not in named:
                folder.delete(path)


def index_name(shard: str, *made_from: str) -> str:
    """A shard's name in the index: another one when what its entry is made from is another.

    So an entry never replaces one of another config, which the current index names.
    """
    return f"{shard}-{digest(made_from)[:12]}"
