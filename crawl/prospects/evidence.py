"""What a run has measured, and what is assumed where it has not: ranges, each with its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

from omegaconf import OmegaConf

from corpus.ledger import Fate
from corpus.manifest import Manifest
from corpus.paths import Folder

ASSUMPTIONS = Path(__file__).with_name("assumptions.yaml")
STAGES = ("crawl", "ingest", "clean", "dedup", "tokenizer")


@dataclass(frozen=True)
class Range:
    """A figure that lies between two; `basis` is published, estimated, measured, assumed or unknown."""

    low: float
    high: float
    basis: str
    source: str = ""

    def __mul__(self, other: Range) -> Range:
        return Range(self.low * other.low, self.high * other.high, worse(self.basis, other.basis))

    def __add__(self, other: Range) -> Range:
        return Range(self.low + other.low, self.high + other.high, worse(self.basis, other.basis))

    def over(self, other: Range) -> Range:
        """The quotient: least over greatest to greatest over least."""
        return Range(self.low / other.high, self.high / other.low, worse(self.basis, other.basis))

    @classmethod
    def measured(cls, value: float, source: str) -> Self:
        """One figure, as it was measured."""
        return cls(value, value, "measured", source)


ORDER = ("measured", "published", "estimated", "assumed", "unknown")


def worse(one: str, other: str) -> str:
    """The less certain of two bases."""
    return max(one, other, key=ORDER.index)


@cache
def assumed() -> Mapping[str, Mapping[str, Range]]:
    """The assumptions, by kind and name."""
    written: Any = OmegaConf.to_container(OmegaConf.load(ASSUMPTIONS))
    return {
        kind: {
            name: Range(float(r["low"]), float(r["high"]), "assumed", r["source"])
            for name, r in named.items()
        }
        for kind, named in written.items()
    }


class Evidence:
    """The finished stages of a run, if one is named."""

    def __init__(self, folder: Folder | None) -> None:
        found = {name: Manifest.load(folder.child(name)) for name in STAGES} if folder else {}
        self._manifests = {name: manifest for name, manifest in found.items() if manifest}
        self.run = folder.uri.rpartition("/")[2] if folder else ""

    def bytes_per_token(self) -> tuple[str, Range] | None:
        """The run's tokenizer and the UTF-8 bytes of a token on its held-out documents; None without one."""
        manifest = self._manifests.get("tokenizer")
        if manifest is None:
            return None
        value = float(manifest.facts["evaluation"]["bytes_per_token"])
        name = str(manifest.facts["tokenizer"]["name"])
        return name, Range.measured(value, f"run {self.run}: held-out documents")

    def kept(self, source: str) -> Range | None:
        """The share of a source's bytes that clean kept; None where the run has none of it."""
        return self._share("clean", source)

    def new(self, source: str) -> Range | None:
        """The share of what clean kept of a source that dedup kept, beside all else that the run has."""
        return self._share("dedup", source)

    def _share(self, stage: str, source: str) -> Range | None:
        came, kept = (self._bytes(stage, fate, source) for fate in ("in", "kept"))
        return Range.measured(kept / came, f"run {self.run}: {stage}, source {source}") if came else None

    def _bytes(self, stage: str, fate: Fate, source: str) -> int:
        manifest = self._manifests.get(stage)
        return manifest.books().total(fate, source).bytes if manifest else 0

    def in_hand(self, registered: Mapping[str, Any]) -> dict[str, int]:
        """The bytes that dedup kept of each source of the run that is not registered."""
        manifest = self._manifests.get("dedup")
        sources = manifest.books().sources() if manifest else []
        return {name: self._bytes("dedup", "kept", name) for name in sources if name not in registered}

    def kept_bytes_per_page(self) -> Range | None:
        """The bytes that dedup kept of a page that the run's crawl fetched; None without a crawl."""
        manifest = self._manifests.get("crawl")
        if manifest is None:
            return None
        sources = manifest.books().sources()
        n_pages = manifest.books().total("kept").documents
        kept = sum(self._bytes("dedup", "kept", name) for name in sources)
        return (
            Range.measured(kept / n_pages, f"run {self.run}: {n_pages:,} answers")
            if n_pages and kept
            else None
        )
