"""The index of a finished run, opened for look-ups: only what is asked for is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import DTypeLike, NDArray

from corpus.errors import ConfigurationError
from corpus.manifest import MANIFEST, Manifest
from corpus.paths import Folder
from corpus.stage import StageConfig, run_folder
from dedup.bands import view_band
from dedup.columns import Census, Integers, view_array
from dedup.index import FATE, INDEX, SURE_BANDS, Generation, entry, read_current
from dedup.passages.spans import read_lost, redirect
from dedup.sketch_kernels import SLOTS, Hashes, Numbers
from dedup.traits import NUMBERS, unpadded, view_ids, view_numbers, view_sources
from khmer.clusters import UNIT

_KEY_SHIFT: Final = np.uint64(32)
_LAST_NUMBER: Final = np.uint64(0xFFFFFFFF)
_PLACE: Final = [NUMBERS.index("first_unit"), NUMBERS.index("n_units")]


@dataclass(frozen=True)
class OpenIndex:
    """What deduplication knows of every document, by its number."""

    folder: Folder
    config: dict[str, Any]  # of the run that wrote it
    census: Census
    sources: dict[str, list[str]]  # of each shard
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
        sources = {name: sorted(told["sources"]) for name, told in current["shards"].items()}
        return cls(folder, manifest.config, census, sources, current["generations"], current["state"])

    def numbers_of(self, column: str, value: Any) -> list[int]:
        """The numbers of the documents with this `id`, or this value in a column of NUMBERS, such as `url_key`."""
        found: list[int] = []
        for name, start, stop in self.census.spans():
            if column == "id":
                values = unpadded(view_ids(self.folder, name, stop - start)).to_numpy(zero_copy_only=False)
            else:
                values = view_numbers(self.folder, name)[:, NUMBERS.index(column)]
            found += (np.flatnonzero(values == value) + start).tolist()
        return found

    def traits(self, numbers: Sequence[int]) -> list[dict[str, Any]]:
        """The id, source and bytes of text of some documents."""
        by_number: dict[int, dict[str, Any]] = {}
        sought = np.unique(np.array(numbers, np.int64))
        for name, start, part in self.census.parts(sought):
            rows = sought[part] - start
            known = view_numbers(self.folder, name)
            ids = unpadded(view_ids(self.folder, name, len(known))[rows]).to_pylist()
            sizes = known[rows, NUMBERS.index("n_bytes")].tolist()
            places = view_sources(self.folder, name)[rows].tolist()
            told = zip(sought[part].tolist(), ids, places, sizes, strict=True)
            by_number |= {
                number: {"id": id_, "source": self.sources[name][place], "n_bytes": size}
                for number, id_, place, size in told
            }
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
        start, count = view_numbers(self.folder, name)[row, _PLACE].tolist()
        units = view_array(self.folder, f"{entry(name)}/units", np.uint32)
        return units[start : start + count] & UNIT

    def agreeing(self, number: int, others: Integers) -> Integers:
        """In how many slots the sketches of other documents agree with this one's; unequal ones do once in 256."""
        name, row, _ = self.shard_of(number)
        own = view_array(self.folder, f"{entry(name)}/sketches", np.uint8).reshape(-1, SLOTS)[row]
        counts = np.empty(others.size, np.int64)
        for shard, start, part in self.census.parts(others):
            sketches = view_array(self.folder, f"{entry(shard)}/sketches", np.uint8).reshape(-1, SLOTS)
            counts[part] = (sketches[others[part] - start] == own).sum(axis=1)
        return counts
