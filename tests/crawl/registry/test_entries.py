"""The registry: every entry is sound, and is read whole from a local copy with its layout and schema."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from corpus.cli import configure
from corpus.errors import ConfigurationError
from crawl.ingest.licences import Licences
from crawl.ingest.stage import STAGE
from crawl.registry.entries import chosen, entries
from tests.crawl.ingest.conftest import Ingest
from tests.crawl.registry.local import MOMENT, TEXTS, write_copy

ASKED_FOR = {  # the sets that an open Khmer corpus cannot do without
    *(
        "fineweb2",
        "fineweb2_removed",
        "finepdfs",
        "hplt2",
        "hplt3",
        "culturax",
        "oscar2301",
        "oscar2201",
        "moscar",
    ),
    *("madlad", "glotcc", "mc4", "cc100", "wikipedia", "seapile1", "seapile2"),
}


@pytest.fixture(scope="module")
def ingested(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Ingest, dict[str, list[dict[str, Any]]]]:
    """All entries, read from one mirror in one run; their rows by source."""
    import datasets

    ingest = Ingest(tmp_path_factory.mktemp("registry"))
    mirror = ingest.folder / "mirror"
    for name, entry in entries().items():
        write_copy(mirror, name, entry)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
        patch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
        patch.setattr(datasets.config, "HF_DATASETS_CACHE", str(ingest.folder / "cache"))
        done = ingest.run(f"registry=[{','.join(entries())}]", f"mirror={mirror}")
    assert done.returncode == 0, done.stderr
    rows = ingest.rows()
    return ingest, {name: [row for row in rows if row["source"] == name] for name in entries()}


@pytest.mark.parametrize("name", entries())
def test_a_local_copy_of_the_same_schema_is_read_whole(name: str, ingested: Any) -> None:
    entry, rows = entries()[name], ingested[1][name]
    assert [row["text"] for row in rows] == list(TEXTS)
    assert {row["licence"] for row in rows} == {entry.licence}
    known = {*entry.columns, *entry.schema}
    assert [row["url"] for row in rows] == (
        [f"https://khmer.test/{n}" for n in (0, 1)] if "url" in known else [None] * 2
    )
    moment = datetime.fromisoformat(MOMENT).astimezone(UTC) if "fetched_at" in entry.columns else None
    assert {row["fetched_at"] for row in rows} == {moment}
    assert {row["title"] for row in rows} == {"ភូមិ" if "title" in known else None}


def test_the_manifest_tells_what_was_used(ingested: Any) -> None:
    facts = ingested[0].manifest()["facts"]
    assert list(facts["registry"]) == sorted(entries())
    assert "arXiv:2309.09400" in facts["registry"]["culturax"]["citation"]
    assert facts["sources"]["hplt2"]["revision"] == entries()["hplt2"].revision
    assert facts["faults"] == []


def test_nothing_that_was_asked_for_is_missing() -> None:
    assert set(entries()) >= ASKED_FOR


def test_licences_are_registered() -> None:
    licences = Licences(configure(STAGE, ["run=x"]))
    for name, entry in entries().items():
        licences.check(name, entry.licence)


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="registry: got 'fineweb3'; expected one of fineweb2, "):
        chosen(["fineweb3"])


SOUND = "{title: t, licence: MIT, citation: c, schema: {text: string}"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("tilte: x", "tilte"),
        ("gated: perhaps", "perhaps"),
        ("holds: [nobody]", "got 'nobody'"),
        ("unverified: [everything]", "got 'everything'"),
        ("columns: {text: body}", "'body' is not in its schema"),
        ("files: [a]", "files need one"),
        ("reader: csv, files: [a]", "got 'csv'"),
        ("family: books", "got 'books'"),
        ("state: dirty", "got 'dirty'"),
        ("size: {documents: 3}", "a figure needs its source"),
        ("size: {documents: many}", "many"),
        ("size: {date: yesterday}", "got 'yesterday'"),
        ("id: a b", "letters"),
        ("title: again", "duplicate key"),
    ],
)
def test_an_entry_that_cannot_be_is_refused(tmp_path: Path, more: str, message: str) -> None:
    path = tmp_path / "datasets.yaml"
    path.write_text(f"x: {SOUND}, {more if 'id:' in more else 'id: a/b, ' + more}}}\n")
    with pytest.raises(ConfigurationError, match="datasets") as refused:
        entries(path)
    assert message in str(refused.value)
