"""What `ingest` is told."""

from __future__ import annotations

from dataclasses import dataclass, field

from corpus.stage import StageConfig, option

KINDS = ("warc", "jsonl", "parquet", "dataset", "registry", "wikipedia", "crawl", "commoncrawl")
OF_RUN = ("crawl", "commoncrawl")  # stages of the same run whose WARC files are read
COLUMNS = ("text", "id", "url", "licence", "source", "title", "author", "published_at", "fetched_at")


@dataclass
class SourceConfig:
    """One source of documents, with its name in the ledger and in every document.

    What this run's crawl and commoncrawl stages gathered keeps the name that it has in their ledgers.

    kind: warc, jsonl, parquet, dataset (a hub id or a folder), registry (an entry of crawl/registry, by its name),
    wikipedia (a dump's pages-articles), crawl or commoncrawl (the WARC files of that stage of this run).
    path: a file, or a pattern with `*`, local or an address such as s3://bucket/path.
    licence: SPDX expression or registered LicenseRef, for rows that state none of their own.
    columns: our name → theirs, where they differ: text, id, url, licence, source, title, author, published_at,
    fetched_at; a column within another as `warc_headers.warc-date`.
    config, split, revision: of a dataset. reader: json, parquet or text, for a dataset that is only `files` (patterns
    within it, or addresses), or has a list of them at `listed_in`.
    line_end: what stands for a line's end within its text, if it is not one.
    entry: the registry's name of it.
    """

    name: str = ""
    kind: str = ""
    path: str = ""
    licence: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    config: str = ""
    split: str = "train"
    revision: str = ""
    files: list[str] = field(default_factory=list)
    listed_in: str = ""
    reader: str = ""
    line_end: str = ""
    entry: str = ""

    def column(self, name: str) -> str:
        """What the source calls our column `name`."""
        return self.columns.get(name, name)


@dataclass
class IngestConfig(StageConfig):
    """Sources, licences and limits."""

    sources: list[SourceConfig] = option(
        [],
        "sources, each with name, kind (warc, jsonl, parquet, dataset, registry, wikipedia, crawl, commoncrawl), path "
        "and, where they are needed, licence, columns, config, split, revision, files, reader",
    )
    registry: list[str] = option(
        [], "datasets of crawl/registry/datasets.yaml by name, such as [fineweb2, hplt2]"
    )
    mirror: str = option(
        "", "folder with copies of datasets, laid out as ID/… and HOST/…, read in place of the network"
    )
    data: str = option(
        "",
        "folder with web/*.warc.gz, corpus/*.jsonl.zst or *.parquet, wikipedia/*.xml.bz2: a source for each file",
    )
    only: list[str] = option(
        [], "patterns of the files in `data` to take, such as web/dev_web.warc.gz; empty = all"
    )
    licences: dict[str, str] = option({}, "what rows state as their licence → SPDX expression or LicenseRef")
    licence_refs: dict[str, str] = option({}, "each registered LicenseRef → what it stands for")
    shard_bytes: int = option(64 << 20, "bytes of text or payload after which a new shard is begun")
    max_line_bytes: int = option(64 << 20, "longest line of a jsonl file that is read")
    max_body_bytes: int = option(16 << 20, "bytes of a page's body that are read, before and after unpacking")
    max_pdf_bytes: int = option(64 << 20, "bytes of a PDF that are read")
    pdf_seconds: float = option(60.0, "seconds for reading a PDF")
    pdf_memory: int = option(1 << 30, "bytes of memory for reading a PDF")
    pdf_pages: int = option(2000, "pages of a PDF that are read")
    ocr: str = option(
        "",
        "how pages without text are read: tesseract, where it and its khm data are installed; empty = not at all",
    )
    ocr_seconds: float = option(1800.0, "seconds for reading the pages of a PDF by OCR")
    ocr_pages: int = option(200, "pages of a PDF that are read by OCR")
    wikitext_seconds: float = option(20.0, "seconds for reading one article's wikitext")
    wikitext_memory: int = option(1 << 30, "bytes of memory for reading one article's wikitext")
