"""Copies: why they went, their clusters, which source lost them to which, template families, repeated passages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from math import log
from typing import Any, Final

import pyarrow.dataset as ds

from clean.personal import mask_text
from corpus.ledger import Amount
from report.near.difference import MOST_CHARS, Piece, excerpt, pieces, read
from report.near.texts import documents_of
from report.numbers import Value, ratio
from report.queries import Table, select, select_from
from report.records import RunRecord
from report.texts import cut

LARGEST_CLUSTERS: Final = 20
LARGEST_SOURCES: Final = 12  # rows and columns of the overlap; all further sources are one
LARGEST_FAMILIES: Final = 10
FAMILY_MEMBERS: Final = 3  # of a component that lost facts make it a template family
EXAMPLES: Final = 3  # removed documents shown of a family
EXCERPT_CHARS: Final = 360
TITLE_CHARS: Final = 120
SHADES: Final = 5  # of the heat table
PASSAGES: Final = "repeated_passages"

LARGEST_PASSAGES: Final = 10
PASSAGE_CHARS: Final = 240

TABLES: Final = (
    "duplicate_reasons", "cluster_sizes", "cluster_sources", "largest_clusters", "overlap", "families",
    "passages", "repeated",
)  # fmt: skip
VALUES: Final = (
    "documents", "dropped", "dropped_bytes", "share", "share_of_bytes", "clusters", "foreign_documents",
    "facts_documents", "numbers_lost", "places_lost", "families", "family_members", "passage_chars", "passage_share",
    "passage_documents",
)  # fmt: skip


def duplicates(record: RunRecord) -> tuple[dict[str, Value], dict[str, Table]]:
    """Figures and tables of deduplication; None and no rows for what it did not measure."""
    values: dict[str, Value] = dict.fromkeys(VALUES)
    tables: dict[str, Table] = {name: [] for name in TABLES}
    if "dedup" not in record.manifests:
        return values, tables
    values |= _totals(record)
    tables["duplicate_reasons"] = _reasons(record)
    tables["passages"] = _passages(record)
    if (passages := record.dataset("dedup", "passages")) is not None:
        values["passage_documents"] = select(passages, "SELECT count(DISTINCT id) AS n FROM data")[0]["n"]
        tables["repeated"] = _repeated(passages)
    if (data := record.dataset("dedup", "clusters")) is None:
        return values, tables
    tables["cluster_sizes"] = _sizes(data)
    tables["cluster_sources"] = _sources(data)
    tables["largest_clusters"] = _named(record, _largest(data))
    tables["overlap"] = _overlap(record, data)
    values["clusters"] = sum(row["clusters"] for row in tables["cluster_sizes"])
    values["foreign_documents"] = sum(
        row["documents"] for row in tables["overlap"] if row["source"] != row["kept_source"]
    )
    if {"numbers_lost", "places_lost"} <= set(data.schema.names):
        values |= _facts(data) | {"family_members": FAMILY_MEMBERS}
        tables["families"] = _told(record, _families(data))
    return values, tables


def _totals(record: RunRecord) -> dict[str, Value]:
    books = record.manifests["dedup"].books()
    came, lost, cut_out = books.total("in"), books.total("dropped"), _edited(record, None)
    return {
        "documents": came.documents,
        "dropped": lost.documents,
        "dropped_bytes": lost.bytes,
        "share": ratio(lost.documents, came.documents),
        "share_of_bytes": ratio(lost.bytes, came.bytes),
        "passage_chars": cut_out.chars,
        "passage_share": ratio(cut_out.chars, came.chars),
    }


def _reasons(record: RunRecord) -> Table:
    """Documents dropped for each reason, most first, with their share of what came in."""
    books = record.manifests["dedup"].books()
    came, sums = books.total("in"), dict[str, Amount]()
    for (_, fate, reason), amount in books.amounts.items():
        if fate == "dropped":
            sums[reason] = sums.get(reason, Amount()) + amount
    rows = [
        {
            "reason": reason,
            **asdict(amount),
            "share": ratio(amount.documents, came.documents),
            "share_of_bytes": ratio(amount.bytes, came.bytes),
        }
        for reason, amount in sums.items()
    ]
    return sorted(rows, key=lambda row: (-row["documents"], row["reason"]))


def _edited(record: RunRecord, source: str | None) -> Amount:
    """What was cut out of documents that stay, of one source or of all."""
    amounts = record.manifests["dedup"].books().amounts
    cut_out = (
        amount
        for (own, fate, step), amount in amounts.items()
        if (fate, step) == ("edited", PASSAGES) and source in (None, own)
    )
    return sum(cut_out, Amount())


def _passages(record: RunRecord) -> Table:
    """What was cut out of each source's documents as passages repeated elsewhere, most first."""
    books = record.manifests["dedup"].books()
    rows = [
        {
            "source": source,
            **asdict(amount),
            "share": ratio(amount.chars, books.total("in", source).chars),
        }
        for source in books.sources()
        if (amount := _edited(record, source)) != Amount()
    ]
    return sorted(rows, key=lambda row: (-row["chars"], row["source"]))


def _repeated(passages: ds.Dataset) -> Table:
    """The passages that were cut out most often, with the beginning of each; personal data masked."""
    rows = select(
        passages,
        f"""WITH most AS (SELECT hash(text) AS passage, count(*) AS times FROM data GROUP BY 1 HAVING times > 1
                          ORDER BY times DESC, passage LIMIT {LARGEST_PASSAGES})
            SELECT times, min(length(text)) AS chars, min(evidence) AS kept, min(left(text, 2000)) AS text,
                   list_sort(list_distinct(list(source))) AS sources
            FROM data JOIN most ON hash(text) = passage GROUP BY passage, times ORDER BY times DESC, passage""",  # noqa: S608
    )
    return [{**row, "text": cut(mask_text(row["text"]), PASSAGE_CHARS)} for row in rows]


WHOLE: Final = "reason IS DISTINCT FROM 'repeated_passages'"  # tied by its whole text or URL
CLUSTERS: Final = (
    f"SELECT kept, count(*) AS members FROM data WHERE {WHOLE} GROUP BY kept HAVING count(*) > 1"  # noqa: S608
)


def _sizes(data: ds.Dataset) -> Table:
    """Clusters, a kept document with those that went for it, by powers of two of their size."""
    rows = select(
        data,
        f"""SELECT 2 ** floor(log2(members))::INT AS least, count(*) AS clusters, sum(members)::BIGINT AS members
            FROM ({CLUSTERS}) GROUP BY 1 ORDER BY 1""",  # noqa: S608 (SQL of our own)
    )
    return [{**row, "least": int(row["least"]), "most": 2 * int(row["least"]) - 1} for row in rows]


def _sources(data: ds.Dataset) -> Table:
    """Clusters by the number of sources that their members are from."""
    return select(
        data,
        f"""SELECT sources, count(*) AS clusters, sum(members)::BIGINT AS members
            FROM (SELECT count(DISTINCT source) AS sources, count(*) AS members
                  FROM data WHERE {WHOLE} GROUP BY kept HAVING count(*) > 1) GROUP BY 1 ORDER BY 1""",  # noqa: S608
    )


def _largest(data: ds.Dataset) -> Table:
    """The largest clusters, with the documents of each source, most first, and the number of hosts."""
    rows = select(
        data,
        f"""WITH largest AS ({CLUSTERS} ORDER BY members DESC, kept LIMIT {LARGEST_CLUSTERS}),
                 parts AS (SELECT data.kept, members, source, count(*) AS n, min(jaccard) AS least
                           FROM data JOIN largest ON data.kept = largest.kept WHERE {WHOLE} GROUP BY ALL),
                 hosts AS (SELECT data.kept, count(DISTINCT host) AS hosts
                           FROM data JOIN largest ON data.kept = largest.kept WHERE {WHOLE} GROUP BY 1)
            SELECT parts.kept, members, hosts, min(least) AS least_similarity,
                   list([source, n::VARCHAR] ORDER BY n DESC, source) AS sources
            FROM parts JOIN hosts ON parts.kept = hosts.kept GROUP BY ALL ORDER BY members DESC, parts.kept""",  # noqa: S608
    )
    return [
        {**row, "sources": [{"source": s, "documents": int(n)} for s, n in row["sources"]]} for row in rows
    ]


def _named(record: RunRecord, clusters: Table) -> Table:
    """The clusters with title, first words and URL of the document kept for each."""
    found = _documents(record, "documents", [row["kept"] for row in clusters])
    unknown = {"url": None, "title": None, "text": None}
    return [{**row, **_headed(found.get(row["kept"], unknown))} for row in clusters]


def _headed(document: dict[str, Any]) -> dict[str, Any]:
    title, text = document["title"], document["text"]
    return {
        "url": document["url"],
        "title": title and mask_text(title),
        "text": text and cut(mask_text(text[: 10 * TITLE_CHARS]), TITLE_CHARS),
    }


def _documents(record: RunRecord, kind: str, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Kept or dropped documents by id."""
    uris = record.tables("dedup", kind) if ids else []
    tables = documents_of(uris, ids, ("url", "title", "text"))
    return {row["id"]: row for table in tables for row in table.to_pylist()}


def _overlap(record: RunRecord, clusters: ds.Dataset) -> Table:
    """Documents and bytes of each source that went for a document kept of it or of another, and their share of it.

    Of the sources with fewest of them, what is beyond LARGEST_SOURCES is summed as one, None.
    """
    if (dropped := record.dataset("dedup", "dropped")) is None:
        return []
    rows = select_from(
        {"dropped": dropped, "data": clusters},
        f"""WITH pairs AS (SELECT dropped.source, stays.source AS kept_source, count(*) AS documents,
                                  sum(dropped.n_bytes) AS bytes
                           FROM dropped JOIN (SELECT member, source FROM data WHERE reason IS NULL) AS stays
                           ON dropped.evidence = stays.member GROUP BY ALL),
                 met AS (SELECT unnest(list_distinct([source, kept_source])) AS name, documents FROM pairs),
                 largest AS (SELECT name, row_number() OVER (ORDER BY sum(documents) DESC, name) AS place
                             FROM met GROUP BY name ORDER BY place LIMIT {LARGEST_SOURCES})
            SELECT a.name AS source, b.name AS kept_source, sum(documents)::BIGINT AS documents,
                   sum(bytes)::BIGINT AS bytes
            FROM pairs LEFT JOIN largest AS a ON pairs.source = a.name
                       LEFT JOIN largest AS b ON pairs.kept_source = b.name
            GROUP BY a.name, b.name, a.place, b.place ORDER BY a.place, b.place""",  # noqa: S608 (SQL of our own)
    )
    books = record.manifests["dedup"].books()
    came = {source: books.total("in", source).documents for source in books.sources()}
    return [{**row, "share": ratio(row["documents"], came.get(row["source"]))} for row in rows]


def heat(overlap: Table) -> dict[str, Any] | None:
    """The overlap as a square: sources, and for each its documents that went for one of each, shaded by their number.

    A shade is 0 for none, then 1 to SHADES by the order of magnitude. None where nothing went.
    """
    if not overlap:
        return None
    counts = {(row["source"], row["kept_source"]): row["documents"] for row in overlap}
    named = dict.fromkeys(name for pair in counts for name in pair if name is not None)
    sums = {name: sum(n for pair, n in counts.items() if name in pair) for name in named}
    sources: list[str | None] = sorted(named, key=lambda name: (-sums[name], name))
    sources += [None] if any(None in pair for pair in counts) else []
    most = max(counts.values())
    rows = [
        (
            source,
            [
                {"documents": n, "shade": _shade(n, most)}
                for n in (counts.get((source, other), 0) for other in sources)
            ],
        )
        for source in sources
    ]
    return {"sources": sources, "rows": rows}


def _shade(n: int, most: int) -> int:
    return min(1 + int((SHADES - 1) * log(n) / log(most)), SHADES) if n and most > 1 else int(n > 0)


def _facts(data: ds.Dataset) -> dict[str, Value]:
    """What all removals cost."""
    (row,) = select(
        data,
        f"""SELECT count_if(numbers_lost + places_lost > 0) AS facts_documents,
                   coalesce(sum(numbers_lost), 0)::BIGINT AS numbers_lost,
                   coalesce(sum(places_lost), 0)::BIGINT AS places_lost,
                   (SELECT count(*) FROM (SELECT cluster FROM data WHERE {WHOLE} GROUP BY cluster
                    HAVING count_if(numbers_lost + places_lost > 0) >= {FAMILY_MEMBERS})) AS families
            FROM data WHERE {WHOLE}""",  # noqa: S608
    )
    return row


def _families(data: ds.Dataset) -> Table:
    """The components of which most members lost facts, with some of these: those that lost most places and numbers."""
    return select(
        data,
        f"""WITH losing AS (SELECT * FROM data WHERE {WHOLE} AND numbers_lost + places_lost > 0),
                 largest AS (SELECT cluster, count(*) AS n FROM losing GROUP BY cluster
                             HAVING n >= {FAMILY_MEMBERS} ORDER BY n DESC, cluster LIMIT {LARGEST_FAMILIES}),
                 shown AS (SELECT losing.cluster, kept, member, numbers_lost, places_lost
                           FROM losing JOIN largest ON losing.cluster = largest.cluster
                           QUALIFY row_number() OVER (PARTITION BY losing.cluster
                           ORDER BY places_lost DESC, numbers_lost DESC, member) <= {EXAMPLES}),
                 whole AS (SELECT data.cluster, n, count(*) AS members, count_if(reason IS NULL) AS kept_documents,
                                  sum(numbers_lost)::BIGINT AS numbers_lost, sum(places_lost)::BIGINT AS places_lost,
                                  list_sort(list_distinct(list(source))) AS sources
                           FROM data JOIN largest ON data.cluster = largest.cluster WHERE {WHOLE}
                           GROUP BY data.cluster, n)
            SELECT whole.cluster, n AS losing, members, kept_documents, whole.numbers_lost, whole.places_lost, sources,
                   list({{'kept': kept, 'member': member, 'numbers_lost': shown.numbers_lost,
                          'places_lost': shown.places_lost}}
                        ORDER BY shown.places_lost DESC, shown.numbers_lost DESC, member) AS examples
            FROM whole JOIN shown ON whole.cluster = shown.cluster
            GROUP BY ALL ORDER BY losing DESC, whole.cluster""",  # noqa: S608
    )


def _told(record: RunRecord, families: Table) -> Table:
    """The families with their examples' texts where they differ, in pieces; personal data masked."""
    pairs = [pair for family in families for pair in family["examples"]]
    stay = _documents(record, "documents", [pair["kept"] for pair in pairs])
    gone = _documents(record, "dropped", [pair["member"] for pair in pairs])
    for pair in pairs:
        texts = stay.get(pair["kept"]), gone.get(pair["member"])
        kept, removed = (read(mask_text(found["text"][:MOST_CHARS]) if found else "") for found in texts)
        pair["kept_text"] = _shown(pieces(kept, removed))
        pair["removed_text"] = _shown(pieces(removed, kept))
    return families


def _shown(found: Sequence[Piece]) -> list[dict[str, str]]:
    return [piece._asdict() for piece in excerpt(found, EXCERPT_CHARS)]
