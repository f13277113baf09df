"""The index of a finished run, opened for look-ups: only what is asked for is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import DTypeLike, NDArray

from corpus.errors import ConfigurationError
from corpus.manifest import MANIFEST, Manifest
from corpus.paths import Folder
from corpus.stage import StageConfig, run_folder
from dedup.bands import view_band
from dedup.columns import Census, Integers, read_columns, view_array
from dedup.index import FATE, INDEX, SURE_BANDS, Generation, entry, read_current
from dedup.passages.spans import read_lost, redirect
from dedup.sketch_kernels import SLOTS, Hashes, Numbers
from khmer.clusters import UNIT

_KEY_SHIFT: Final = np.uint64(32)
_LAST_NUMBER: Final = np.uint64(0xFFFFFFFF)


@dataclass(frozen=True)
class OpenIndex:
    """What deduplication knows of every document, by its number."""

    folder: Folder
    config: dict[str, Any]  # of the run that wrote it
    census: Census
    generations: list[Generation]
    state: str

    @classmethod
    def of(cls, config: StageConfig) -> OpenIndex:
        """The index of a run; ConfigurationError if it has not been deduplicated."""
        folder = run_folder(config).child("dedup")
        manifest, current = Manifest.load(folder), read_current(folder)
        if manifest is None or current is None:
            again = f"make dedup RUN={config.run}"
            missing = f"the stage 'dedup' has not finished. Try: {again}"
            if manifest is not None:
                missing = f"no whole {INDEX}/. Try: delete {folder.at(MANIFEST)} and {again}"
            msg = f"{folder.uri}: {missing}"
            raise ConfigurationError(msg)
        counts = [current["shards"][name]["documents"] for name in current["order"]]
        census = Census(current["order"], counts)
        return cls(folder, manifest.config, census, current["generations"], current["state"])

    def numbers_of(self, column: str, value: Any) -> list[int]:
        """The numbers of the documents with this value of a trait, such as `id` or `url_key`."""
        found: list[int] = []
        for name, start, _ in self.census.spans():
            traits = read_columns(self.folder, f"{entry(name)}/traits.arrow", [column])
            wanted = pa.scalar(value, traits.schema.field(column).type)
            found += (np.flatnonzero(pc.equal(traits[column], wanted).to_numpy()) + start).tolist()
        return found

    def traits(self, numbers: Sequence[int], columns: Sequence[str]) -> list[dict[str, Any]]:
        """Traits of some documents."""
        by_number: dict[int, dict[str, Any]] = {}
        sought = np.unique(np.array(numbers, np.int64))
        for name, start, part in self.census.parts(sought):
            table = read_columns(self.folder, f"{entry(name)}/traits.arrow", columns)
            rows = table.take(pa.array(sought[part] - start)).to_pylist()
            by_number |= dict(zip(sought[part].tolist(), rows, strict=True))
        return [by_number[number] for number in numbers]

    @cached_property
    def ties(self) -> tuple[Numbers, NDArray[np.uint8]]:
        """Of each document the number of the one kept for it, itself if it stays, and the Reason."""
        kept, reason = (self._state(name, FATE[name]) for name in ("kept", "reason"))
        return redirect(kept, reason, *read_lost(self.folder, self.state))

    def similarity(self, number: int) -> float:
        """The similarity to the document kept for it."""
        return float(self._state("similarity", FATE["similarity"])[number])

    def _state(self, name: str, dtype: DTypeLike) -> NDArray[Any]:
        return view_array(self.folder, f"{self.state}/{name}", dtype)

    def shard_of(self, number: int) -> tuple[str, int, int]:
        """A document's shard, its row there, and the number of the shard's rows."""
        for name, start, stop in self.census.spans():
            if start <= number < stop:
                return name, number - start, stop - start
        msg = f"document {number:,}: the index has {self.census.total:,}"
        raise IndexError(msg)

    def keys(self, number: int) -> Numbers:
        """A document's key in each band, 0 for none; after the sketch's bands its text's, its units' and its URL's."""
        name, row, n = self.shard_of(number)
        keys: Numbers = view_array(self.folder, f"{entry(name)}/keys", np.uint32).reshape(-1, n)[:, row]
        return keys

    def bucket(self, band: int, key: int) -> Integers:
        """The numbers of all documents with this key in a band, in order; found by halving, nothing is loaded."""
        first = np.uint64(key) << _KEY_SHIFT
        parts = [np.empty(0, np.uint64)]
        for generation in self.generations:
            entries = self._band(generation, band)
            a = np.searchsorted(entries, first)
            parts.append(entries[a : np.searchsorted(entries, first | _LAST_NUMBER, "right")])
        return np.sort((np.concatenate(parts) & _LAST_NUMBER).astype(np.int64))

    def count_buckets(self, band: int) -> int:
        """How many different keys documents have in a band; reads all of it."""
        parts = [self._band(generation, band) >> _KEY_SHIFT for generation in self.generations]
        return int(np.unique(np.concatenate([np.empty(0, np.uint64), *parts])).size)

    def _band(self, generation: Generation, band: int) -> Hashes:
        return view_band(self.folder, generation, self.config["bands"] + SURE_BANDS, band)

    def units(self, number: int) -> Numbers:
        """A document's units, without the flags of lines."""
        name, row, _ = self.shard_of(number)
        start, count = self._places[name]
        units = view_array(self.folder, f"{entry(name)}/units", np.uint32)
        return units[start[row] : start[row] + count[row]] & UNIT

    @cached_property
    def _places(self) -> dict[str, tuple[Integers, Integers]]:
        """Where the units of each shard's documents begin, and how many they are."""
        places = {}
        for name in self.census.names:
            table = read_columns(self.folder, f"{entry(name)}/traits.arrow", ["n_units"])
            counts = table["n_units"].to_numpy().astype(np.int64)
            places[name] = np.cumsum(counts) - counts, counts
        return places

    def agreeing(self, number: int, others: Integers) -> Integers:
        """In how many slots the sketches of other documents agree with this one's; unequal ones do once in 256."""
        name, row, _ = self.shard_of(number)
        own = view_array(self.folder, f"{entry(name)}/sketches", np.uint8).reshape(-1, SLOTS)[row]
        counts = np.empty(others.size, np.int64)
        for shard, start, part in self.census.parts(others):
            sketches = view_array(self.folder, f"{entry(shard)}/sketches", np.uint8).reshape(-1, SLOTS)
            counts[part] = (sketches[others[part] - start] == own).sum(axis=1)
        return counts
