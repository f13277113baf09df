"""Which files are read as what: from the configuration to inputs, with everything refused that cannot be."""

from __future__ import annotations

import fnmatch
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import ConfigurationError
from corpus.paths import Folder, resolve
from crawl.ingest.config import COLUMNS, KINDS, OF_RUN, IngestConfig, SourceConfig
from crawl.ingest.licences import Licences
from crawl.registry.entries import PATH, chosen
from crawl.sources.files import check_parquet
from crawl.sources.hub import DatasetName, check_dataset, local_files

LEAST_ONE = (
    *(
        "shard_bytes",
        "max_line_bytes",
        "max_body_bytes",
        "max_pdf_bytes",
        "pdf_memory",
        "pdf_pages",
        "ocr_pages",
    ),
    *("wikitext_memory",),
)
SECONDS = ("pdf_seconds", "ocr_seconds", "wikitext_seconds")
LETTERS = r"\w\u17b4-\u17d3"  # \w has no Khmer vowels and signs
LAYOUT = {  # of a folder of data
    "web/*.warc": "warc",
    "web/*.warc.gz": "warc",
    "corpus/*.jsonl": "jsonl",
    "corpus/*.jsonl.gz": "jsonl",
    "corpus/*.jsonl.zst": "jsonl",
    "corpus/*.parquet": "parquet",
    "wikipedia/*.xml": "wikipedia",
    "wikipedia/*.xml.bz2": "wikipedia",
}


@dataclass(frozen=True)
class Input:
    """A file (or dataset) of a source; `label` is what documents call it in their origin."""

    source: SourceConfig
    uri: str
    label: str

    def is_one_of(self, *kinds: str) -> bool:
        """Whether its source is of one of the kinds."""
        return self.source.kind in kinds


def check(config: IngestConfig) -> None:
    """Raise ConfigurationError for what cannot be ingested: before any work, and in one line."""
    for name in LEAST_ONE:
        if getattr(config, name) < 1:
            msg = f"{name}: got {getattr(config, name)}; expected 1 or more"
            raise ConfigurationError(msg)
    for name in SECONDS:
        if not 0 < getattr(config, name) < math.inf:
            msg = f"{name}: got {getattr(config, name)}; expected more than 0 seconds"
            raise ConfigurationError(msg)
    if config.ocr not in ("", "tesseract"):
        msg = f"ocr: got {config.ocr!r}; expected tesseract, or nothing"
        raise ConfigurationError(msg)
    if config.ocr and not _can_read_pictures():
        msg = "ocr: no tesseract with Khmer data. Try: apt-get install tesseract-ocr tesseract-ocr-khm"
        raise ConfigurationError(msg)
    licences = Licences(config)
    sources = all_sources(config)
    if not sources:
        msg = "sources: got none. Try: data=FOLDER, registry=[wikipedia], or 'sources=[{name: crawl, kind: crawl}]'"
        raise ConfigurationError(msg)
    for source in sources:
        _check_source(source, licences)
    _check_names(sources)
    for item in inputs(config):
        _check_input(item, config.mirror)


def _can_read_pictures() -> bool:
    from crawl.sources.pdf.ocr import is_installed

    return is_installed()


def _check_source(source: SourceConfig, licences: Licences) -> None:
    where = f"sources: {source.name or source.path}"
    if source.kind not in KINDS:
        msg = f"{where}: kind: got {source.kind!r}; expected one of {', '.join(KINDS)}"
        raise ConfigurationError(msg)
    if not re.fullmatch(rf"[{LETTERS}][{LETTERS} .:-]*", source.name):
        msg = f"{where}: name: got {source.name!r}; expected letters, digits, '_', '-', '.' or ':'"
        raise ConfigurationError(msg)
    if not source.path and source.kind not in OF_RUN:
        msg = f"{where}: path: got none; expected a file, a pattern or a dataset's name"
        raise ConfigurationError(msg)
    if unknown := sorted(set(source.columns) - set(COLUMNS)):
        msg = f"{where}: columns: got {unknown[0]!r}; expected one of {', '.join(COLUMNS)}"
        raise ConfigurationError(msg)
    if source.licence:
        licences.check(where, source.licence)


def _check_names(sources: Sequence[SourceConfig]) -> None:
    seen: dict[str, SourceConfig] = {}
    for kind in OF_RUN:
        if sum(source.kind == kind for source in sources) > 1:
            msg = f"sources: two of kind {kind}; expected one, for a run has one {kind}"
            raise ConfigurationError(msg)
    for source in sources:
        other = seen.setdefault(slug(source.name), source)
        if other is not source:
            msg = f"sources: {source.path} and {other.path} have the same name {source.name!r}; expected two"
            raise ConfigurationError(msg)


def slug(name: str) -> str:
    """A source's name as it stands in file names."""
    return re.sub(rf"[^{LETTERS}-]", "-", name)


def _check_input(item: Input, mirror: str) -> None:
    text = item.source.column("text")
    if item.is_one_of("dataset"):
        check_dataset(dataset_name(item.source, mirror), text)
        return
    filesystem, path = resolve(item.uri)
    try:
        with filesystem.open_input_file(path) as file:
            if item.is_one_of("parquet"):
                check_parquet(item.uri, file, text)
    except OSError as error:
        msg = f"{item.uri}: cannot be read ({error})"
        raise ConfigurationError(msg) from error


def dataset_name(source: SourceConfig, mirror: str) -> DatasetName:
    """The dataset that a source names; where there is a mirror, and no folder of that name, in it."""
    return DatasetName(
        path=source.path,
        config=source.config,
        split=source.split,
        revision=source.revision,
        files=tuple(source.files),
        listed_in=source.listed_in,
        reader=source.reader,
        mirror="" if Path(source.path).is_dir() else mirror,
    )


def all_sources(config: IngestConfig) -> list[SourceConfig]:
    """Those of the configuration, registered ones spelt out, then one for each file in the folder of data."""
    named = [*config.sources, *(SourceConfig(name=name, kind="registry") for name in config.registry)]
    return [*(_registered(s) if s.kind == "registry" else s for s in named), *_sources_in(config)]


def _registered(source: SourceConfig) -> SourceConfig:
    """A registered dataset as a source of kind dataset; which one says `entry`, or else its name."""
    [(name, entry)] = chosen([source.entry or source.name]).items()
    return SourceConfig(
        name=source.name,
        kind="dataset",
        path=entry.id,
        licence=source.licence or entry.licence,
        columns={**entry.columns, **source.columns},
        config=entry.config,
        split=entry.split,
        revision=source.revision or entry.revision,
        files=list(entry.files),
        listed_in=entry.listed_in,
        reader=entry.reader,
        line_end=entry.line_end,
        entry=name,
    )


def _sources_in(config: IngestConfig) -> Iterator[SourceConfig]:
    if not config.data:
        if config.only:
            msg = f"only: got {config.only}, but no folder to choose from. Try: data=FOLDER"
            raise ConfigurationError(msg)
        return
    folder = Folder(config.data)
    if not folder.exists():
        msg = f"data: {config.data}: no such folder; expected one with web/*.warc.gz or corpus/*.jsonl.zst"
        raise ConfigurationError(msg)
    rooms = dict.fromkeys(pattern.partition("/")[0] for pattern in LAYOUT)
    kinds = {path: _kind(path) for room in rooms for path in _names(folder, room)}
    found = [path for path, kind in kinds.items() if kind]
    for pattern in config.only:
        if not fnmatch.filter(found, pattern):
            msg = f"only: got {pattern!r}; expected a pattern of {', '.join(found) or 'files, but there are none'}"
            raise ConfigurationError(msg)
    if not found:
        msg = f"data: {config.data}: nothing to ingest; expected files like {', '.join(LAYOUT)}"
        raise ConfigurationError(msg)
    for path in found:
        if not config.only or any(fnmatch.fnmatchcase(path, pattern) for pattern in config.only):
            name = path.rpartition("/")[2].partition(".")[0]
            yield SourceConfig(name=name, kind=kinds[path], path=folder.at(path))


def _kind(path: str) -> str:
    is_direct = path.count("/") == 1
    return next(
        (kind for pattern, kind in LAYOUT.items() if is_direct and fnmatch.fnmatchcase(path, pattern)), ""
    )


def inputs(config: IngestConfig) -> list[Input]:
    """The files of all sources but this run's own, in order."""
    return [
        item
        for source in all_sources(config)
        if source.kind not in OF_RUN
        for item in _inputs_of(config, source)
    ]


def files(config: IngestConfig) -> list[str]:
    """URIs of all files that are read; those of a dataset if it is a folder here; the registry if one is of it."""
    uris: list[str] = []
    for item in inputs(config):
        is_dataset = item.is_one_of("dataset")
        uris += local_files(dataset_name(item.source, config.mirror)) if is_dataset else [item.uri]
    return [*uris, *([str(PATH)] if any(s.entry for s in all_sources(config)) else [])]


def _inputs_of(config: IngestConfig, source: SourceConfig) -> list[Input]:
    if source.kind == "dataset":
        return [Input(source, source.path, str(dataset_name(source, config.mirror)))]
    base = f"{config.data.rstrip('/')}/" if config.data else ""
    return [Input(source, uri, uri.removeprefix(base)) for uri in expand(source.path)]


def expand(path: str) -> list[str]:
    """The files that a path or pattern names, sorted; ConfigurationError if there is none."""
    filesystem, full = resolve(path)
    if "*" not in path:
        found = [path] if filesystem.get_file_info(full).is_file else []
    else:
        top = path[: path.index("*")].rpartition("/")[0]
        folder, pattern = Folder(top or "."), path[len(top) :].lstrip("/")
        found = [folder.at(name) for name in _names(folder) if fnmatch.fnmatchcase(name, pattern)]
    if not found:
        msg = f"{path}: no such file; expected a file, or a pattern that names at least one"
        raise ConfigurationError(msg)
    return found


def _names(folder: Folder, room: str = "") -> list[str]:
    """The files of a folder, sorted; ConfigurationError where one's name cannot be told."""
    try:
        return list(folder.sizes(room))
    except UnicodeDecodeError as error:
        msg = f"{folder.uri}: a file's name is not UTF-8, got {bytes(error.object)!r}. Try: rename it"
        raise ConfigurationError(msg) from error
