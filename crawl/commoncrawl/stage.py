"""Common Crawl: index → records chosen → WARC files; and WARC files without an index, read through."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from corpus.errors import StageError
from corpus.manifest import Manifest
from corpus.stage import Stage, StageRun
from corpus.task import Task
from crawl.commoncrawl.archive import NotGivenError
from crawl.commoncrawl.columnar import index_files, read_list
from crawl.commoncrawl.config import CommonCrawlConfig, check
from crawl.commoncrawl.gather import (
    NOT_NOW,
    archive_of,
    fetch,
    gather_hosts,
    order,
    select_cdx,
    select_columnar,
)
from crawl.commoncrawl.lists import read_through
from crawl.commoncrawl.output import FOLDER, MEMORY

Run = StageRun[CommonCrawlConfig]


def run(stage: Run) -> None:
    """Ask the index, put in order what it names, fetch it; then read through what has no index."""
    faults: list[dict[str, Any]] = []
    if stage.config.crawls:
        selected = _selected(stage)
        [ordered] = stage.map("order", order, [stage.task("order", arguments={"files": selected})])
        n_files = ordered["facts"]["n_files"]
        tasks = [stage.task(f"commoncrawl-{n:05d}", arguments={"row_group": n}) for n in range(n_files)]
        stage.map("fetch", fetch, tasks)
    if stage.config.warc_lists:
        for receipt in stage.map("lists", read_through, _listed(stage)):
            faults += receipt["facts"]["faults"]
    stage.facts["faults"] = faults


def _selected(stage: Run) -> list[str]:
    """Files of records that the index names."""
    config = stage.config
    if config.index == "cdx":
        asked = [{"crawl": crawl, "host": host.lower()} for crawl in config.crawls for host in config.hosts]
        tasks = [stage.task(f"cdx-{n:05d}", arguments=arguments) for n, arguments in enumerate(asked)]
        return _written(stage, stage.map("cdx", select_cdx, tasks))
    pages = _written(stage, stage.map("pages", select_columnar, _index_tasks(stage, "warc", {})))
    if not config.robots:
        return pages
    [gathered] = stage.map("hosts", gather_hosts, [stage.task("hosts", arguments={"files": pages})])
    hosts = {"hosts": stage.folder.at(gathered["files"][0]["path"])}
    return [
        *pages,
        *_written(stage, stage.map("robots", select_columnar, _index_tasks(stage, "robotstxt", hosts))),
    ]


def _index_tasks(stage: Run, subset: str, more: dict[str, str]) -> list[Task[CommonCrawlConfig]]:
    archive = archive_of(stage.config, stage.config.data)
    try:
        paths = [path for crawl in stage.config.crawls for path in index_files(archive, crawl, subset)]
    except NotGivenError as error:
        msg = f"crawls: the list of index files cannot be read ({error.reason}: {error.evidence})"
        raise StageError(f"{msg}. Try: another name, or the same command later") from error
    return [stage.task(f"{subset}-{n:05d}", arguments={"path": path, **more}) for n, path in enumerate(paths)]


def _written(stage: Run, receipts: Sequence[dict[str, Any]]) -> list[str]:
    return [stage.folder.at(file["path"]) for receipt in receipts for file in receipt["files"]]


def _listed(stage: Run) -> list[Task[CommonCrawlConfig]]:
    """A task for each WARC file of the lists, named after it."""
    archive = archive_of(stage.config, stage.config.data)
    try:
        paths = [path for listed in stage.config.warc_lists for path in read_list(archive, listed)]
    except NotGivenError as error:
        msg = f"warc_lists: cannot be read ({error.reason}: {error.evidence}). Try: the same command later"
        raise StageError(msg) from error
    stems = [re.sub(r"[^\w-]", "-", path.rpartition("/")[2].removesuffix(".warc.gz")) for path in paths]
    return [
        stage.task(f"list-{n:05d}-{stem}", arguments={"path": path})
        for n, (path, stem) in enumerate(zip(paths, stems, strict=True))
    ]


def _told(manifest: Manifest) -> str:
    """What the run is not whole without knowing."""
    n_faults, n_later = len(manifest.facts["faults"]), _n_later(manifest)
    lines = [
        f"{n_faults:,} faults in what was read: see facts in the manifest" if n_faults else "",
        f"{n_later:,} records were not given yet. Try: the same command later" if n_later else "",
        "" if manifest.ledger else "nothing was found: neither in the index nor in a list",
    ]
    return "\n".join(filter(None, lines))


def _n_later(manifest: Manifest) -> int:
    return sum(row["documents"] for row in manifest.ledger if row["reason"].startswith(NOT_NOW))


def _goes_on(manifest: Manifest) -> bool:
    """Whether there are records that another day may be given."""
    return _n_later(manifest) > 0


STAGE = Stage(
    name="commoncrawl",
    module="crawl.commoncrawl",
    config=CommonCrawlConfig,
    run=run,
    check=check,
    told=_told,
    goes_on=_goes_on,
    memory=MEMORY,
    reused=[FOLDER],
)
