"""What cleaning did and found: repairs, lines of hosts, languages, licences stated, pages read, benchmarks, rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pyarrow.dataset as ds

from report.numbers import Value, ratio
from report.queries import Table, select, select_from
from report.records import RunRecord

REPAIRED: Final = "repaired_"
LARGEST_LANGUAGES: Final = 20
KHMER: Final = "km"
MEASURES: Final = ("page_confidence", "page_main_share", "page_link_share")
"""How sure extraction is of a page's main text, and what part of the page that is."""

TABLES: Final = (
    "repairs", "languages", "other_languages", "stated_licences", "extraction", "benchmarks", "rules",
)  # fmt: skip
VALUES: Final = (
    "documents", "repaired_documents", "host_documents", "host_lines", "host_chars", "khmer_documents",
    "khmer_kept", "legacy_documents", "legacy_chars", "legacy_dropped", "legacy_share",
)  # fmt: skip
FACTS: Final = ("icu", "benchmark_items")
SETTINGS: Final = ("extractor", "coeng_da")


def cleaning(record: RunRecord) -> tuple[dict[str, Value], dict[str, Table]]:
    """Figures and tables of the cleaning stage; None and no rows for what it did not measure."""
    values: dict[str, Value] = dict.fromkeys((*VALUES, *FACTS, *SETTINGS))
    tables: dict[str, Table] = {name: [] for name in TABLES}
    if (data := record.dataset("clean", "attributes")) is None:
        return values, tables
    facts, config = record.manifests["clean"].facts, record.manifests["clean"].config
    values |= {name: facts.get(name) for name in FACTS} | {name: config.get(name) for name in SETTINGS}
    rules, known = config.get("rules", []), set(data.schema.names)
    dropped = " OR ".join(["false", *map(_fails, rules)])

    replayed = _replayed(data, rules)
    tables["rules"] = _rules(replayed, rules)
    tables["languages"] = _ranked(_by_language(replayed))
    if "other_language" in known:
        tables["other_languages"] = _ranked(_other_languages(data, dropped))
    tables["repairs"], counted = _counted(data)
    measures = [name for name in MEASURES if name in known]
    tables["extraction"] = [row for name in measures for row in _measured(data, name, dropped)]
    if "page_licence" in known:
        tables["stated_licences"] = _stated_licences(record, data, dropped)
    if "contamination_item" in known:
        tables["benchmarks"] = _benchmarks(data, config.get("benchmarks", []), rules)
    legacy = _legacy(record, data) if "page_legacy_chars" in known else {}
    return values | counted | _khmer(tables["languages"]) | legacy, tables


def _khmer(languages: Table) -> dict[str, Value]:
    """Documents in Khmer, and those of them that are kept."""
    of_khmer = (row for row in languages if row["language"] == KHMER)
    return {f"khmer_{name}": row[name] for row in of_khmer for name in ("documents", "kept")}


def _fails(rule: Mapping[str, Any]) -> str:
    """The SQL condition that a rule drops a document by; a score that a document does not have drops nothing."""
    bound = f"< {rule['below']!r}" if rule.get("above") is None else f"> {rule['above']!r}"
    return f'coalesce("{rule["score"]}" {bound}::DOUBLE, false)'


def _bound(rule: Mapping[str, Any]) -> str:
    """The scores for which a rule drops a document, as it is configured: `> 0.45`."""
    return f"< {rule['below']:,.10g}" if rule.get("above") is None else f"> {rule['above']:,.10g}"


def _counted(data: ds.Dataset) -> tuple[Table, dict[str, Value]]:
    """Repairs by group, most documents first; documents repaired, and those that lost lines of their host."""
    groups = [name for name in data.schema.names if name.startswith(REPAIRED)]
    sums = [f"sum({name})::BIGINT AS {name}, count_if({name} > 0) AS {name}_in" for name in groups]
    if groups:
        sums.append(f"count_if({' OR '.join(f'{name} > 0' for name in groups)}) AS repaired_documents")
    if "page_host_lines" in data.schema.names:
        sums.append("count_if(page_host_lines > 0) AS host_documents")
        sums += [f"sum(page_{name})::BIGINT AS {name}" for name in ("host_lines", "host_chars")]
    (found,) = select(data, f"SELECT {', '.join(['count(*) AS documents', *sums])} FROM data")  # noqa: S608
    rows = [
        {"group": name.removeprefix(REPAIRED), "documents": found[f"{name}_in"], "count": found[name] or 0}
        for name in groups
    ]
    ordered = sorted(rows, key=lambda row: (-row["documents"], row["group"]))
    return ordered, {name: value for name, value in found.items() if name in VALUES}


def _by_language(replayed: Table) -> Table:
    """Documents in each language, and those of them that are kept."""
    found: dict[str, dict[str, Any]] = {}
    for row in replayed:
        if (tag := row["language"]) is not None:
            sums = found.setdefault(tag, {"language": tag, "documents": 0, "kept": 0})
            sums["documents"] += row["documents"]
            sums["kept"] += row["documents"] if row["rule"] is None else 0
    return sorted(found.values(), key=lambda row: (-row["documents"], row["language"]))


def _other_languages(data: ds.Dataset, dropped: str) -> Table:
    """Documents in Khmer with lines in each other language, and those of them that are kept."""
    return select(
        data,
        f"""SELECT other_language AS language, count(*) AS documents, count_if(NOT ({dropped})) AS kept
            FROM data WHERE other_language IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1""",  # noqa: S608
    )


def _ranked(languages: Table) -> Table:
    """The most frequent languages, then all others as one, each with its share of all."""
    whole = sum(row["documents"] for row in languages)
    first, rest = languages[:LARGEST_LANGUAGES], languages[LARGEST_LANGUAGES:]
    if rest:
        sums = {name: sum(row[name] for row in rest) for name in ("documents", "kept")}
        first.append({"language": None, "others": len(rest), **sums})
    return [
        {**row, "dropped": row["documents"] - row["kept"], "share": ratio(row["documents"], whole)}
        for row in first
    ]


def _legacy(record: RunRecord, data: ds.Dataset) -> dict[str, Value]:
    """Pages in legacy fonts turned into Khmer, and how many of all that are known to be in such fonts."""
    (found,) = select(
        data,
        """SELECT count(*) FILTER (page_legacy_chars > 0) AS legacy_documents,
                  coalesce(sum(page_legacy_chars), 0)::BIGINT AS legacy_chars FROM data""",
    )
    amounts = record.manifests["clean"].books().amounts
    lost = sum(
        a.documents for (_, fate, why), a in amounts.items() if (fate, why) == ("dropped", "legacy_font")
    )
    converted = found["legacy_documents"]
    return {**found, "legacy_dropped": lost, "legacy_share": ratio(converted, converted + lost)}


def _stated_licences(record: RunRecord, data: ds.Dataset, dropped: str) -> Table:
    """The licences that pages state beside those that their sources have, most documents first."""
    outcomes = (record.dataset("clean", kind) for kind in ("documents", "dropped"))
    texts = {name: found for name, found in zip(("k", "d"), outcomes, strict=True) if found}
    if not texts:
        return []
    union = " UNION ALL ".join(f"SELECT id, licence FROM {name}" for name in texts)  # noqa: S608 (names of our own)
    return select_from(
        {"data": data, **texts},
        f"""SELECT stated, place, licence, count(*) AS documents, count_if(is_kept) AS kept
            FROM (SELECT id, page_licence AS stated, page_licence_place AS place, NOT ({dropped}) AS is_kept
                  FROM data WHERE page_licence IS NOT NULL) AS pages JOIN ({union}) AS texts ON pages.id = texts.id
            GROUP BY ALL ORDER BY documents DESC, stated, place, licence""",  # noqa: S608
    )


def _measured(data: ds.Dataset, name: str, dropped: str) -> Table:
    """Tenth, half and nine tenths of a measure of pages, of those kept and those dropped."""
    found = select(
        data,
        f"""SELECT NOT ({dropped}) AS is_kept, count(*) AS documents, quantile_cont({name}, [0.1, 0.5, 0.9]) AS q
            FROM data WHERE {name} IS NOT NULL GROUP BY 1 ORDER BY 1 DESC""",  # noqa: S608
    )
    return [
        {
            "measure": name.removeprefix("page_"),
            "fate": "kept" if row["is_kept"] else "dropped",
            "documents": row["documents"],
            **dict(zip(("tenth", "median", "nine_tenths"), row["q"], strict=True)),
        }
        for row in found
    ]


def _benchmarks(data: ds.Dataset, benchmarks: Sequence[Mapping[str, Any]], rules: Table) -> Table:
    """Each benchmark's file, its fields, and the documents that hold an item of it by the rules on contamination."""
    held = " OR ".join(["false", *(_fails(r) for r in rules if r["score"] == "contamination_share")])
    found = select(
        data,
        f"""SELECT split_part(contamination_item, ':', 1) AS file, count(*) AS n
            FROM data WHERE {held} GROUP BY 1""",  # noqa: S608
    )
    counts = {row["file"]: row["n"] for row in found}
    files = [(benchmark["path"].rpartition("/")[2], benchmark["fields"]) for benchmark in benchmarks]
    return [{"file": file, "fields": fields, "documents": counts.get(file, 0)} for file, fields in files]


def _replayed(data: ds.Dataset, rules: Table) -> Table:
    """Documents by language and the first rule that drops them (None: kept), and how many each rule would drop."""
    failing = "".join(f", count_if({_fails(rule)}) AS fails_{n}" for n, rule in enumerate(rules))
    cases = " ".join(f"WHEN {_fails(rule)} THEN {n}" for n, rule in enumerate(rules))
    first = f"CASE {cases} END" if rules else "NULL"
    language = "language" if "language" in data.schema.names else "NULL"
    return select(
        data,
        f"""SELECT {first} AS rule, {language} AS language, count(*) AS documents{failing}
            FROM data GROUP BY 1, 2 ORDER BY ALL""",  # noqa: S608
    )


def _rules(replayed: Table, rules: Table) -> Table:
    """The rules as configured, in order: the documents that each would drop, and those that it is the first to drop."""
    return [
        {
            "score": rule["score"],
            "reason": rule["reason"],
            "bound": _bound(rule),
            "fails": sum(row[f"fails_{n}"] for row in replayed),
            "decides": sum(row["documents"] for row in replayed if row["rule"] == n),
        }
        for n, rule in enumerate(rules)
    ]
