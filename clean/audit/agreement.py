"""`python -m clean.audit.agreement run=NAME SHEET.csv …`: how far judges agree, and with whom they do.

Agreement between two judges is Cohen's kappa (1960), over all of them Krippendorff's alpha (2011, nominal). Items that
a judge left open or was unsure of are left out of that judge's pairs.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import sys
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any, Final, TypeAlias

from clean.audit.sheets import VERDICTS, item_of
from clean.audit.stage import CASES, STAGE
from corpus.cli import configure, fail
from corpus.errors import ConfigurationError, SastraError, StageError
from corpus.manifest import MANIFEST
from corpus.stage import finished, run_folder

Verdicts: TypeAlias = dict[str, str]  # by item

DECIDED: Final = ("keep", "drop")
DELIMITERS: Final = (",", ";", "\t")


def read_sheet(path: Path, known: Collection[str]) -> Verdicts:
    """The decided verdicts of a returned sheet, however a spreadsheet separates its columns.

    Raises StageError naming the line of a word that is no verdict, of an item twice, or of one not in `known`.
    """
    found: Verdicts = {}
    seen: set[str] = set()
    for line, item, verdict in _rows(path):
        if item not in known or item in seen:
            wrong = "stands twice" if item in seen else "is no item of this audit"
            remedy = "Try: the sheet of this run, with its column `item` as it was"
            msg = f"{path}: line {line}: item: {item!r} {wrong}. {remedy}"
            raise StageError(msg)
        if verdict and verdict not in VERDICTS:
            msg = f"{path}: line {line}: verdict: got {verdict!r}; expected one of {', '.join(VERDICTS)}"
            raise StageError(msg)
        seen.add(item)
        if verdict in DECIDED:
            found[item] = verdict
    if not found:
        msg = f"{path}: no verdict; expected some of {', '.join(DECIDED)} in the column `verdict`"
        raise StageError(msg)
    return found


def _rows(path: Path) -> Iterator[tuple[int, str, str]]:
    """Line, item and verdict of every filled row."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        head = text.partition("\n")[0]
        delimiter = max(DELIMITERS, key=head.count)
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        names = [name.strip().lower() for name in next(rows, [])]
        if not {"item", "verdict"} <= set(names):
            got = ", ".join(names) or "none"
            msg = f"{path}: columns: got {got}; expected item and verdict. Try: the sheet's own first row"
            raise StageError(msg)
        for row in rows:
            cells = dict(zip(names, (cell.strip() for cell in row), strict=False))
            if any(cells.values()):
                yield rows.line_num, cells.get("item", ""), cells.get("verdict", "").lower()
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        msg = f"{path}: not a sheet as CSV in UTF-8 ({error}). Try: save it as CSV UTF-8 again"
        raise StageError(msg) from error


def kappa(one: Verdicts, other: Verdicts) -> tuple[int, float, float]:
    """Items that both decided, the share on which they agree, and Cohen's kappa (1 where chance alone must agree)."""
    shared = sorted(one.keys() & other.keys())
    if not shared:
        return 0, 0.0, 0.0
    n = len(shared)
    agreed = sum(one[item] == other[item] for item in shared) / n
    counts = [Counter(verdicts[item] for item in shared) for verdicts in (one, other)]
    chance = sum(counts[0][verdict] * counts[1][verdict] for verdict in DECIDED) / n**2
    return n, agreed, (agreed - chance) / (1 - chance) if chance < 1 else 1.0


def alpha(judges: Sequence[Verdicts]) -> float:
    """Krippendorff's alpha for nominal data over items with two verdicts or more; 1 where no two ever differ."""
    coincidences = 0.0  # of keep with drop
    totals: Counter[str] = Counter()
    for item in sorted({item for verdicts in judges for item in verdicts}):
        given = [verdicts[item] for verdicts in judges if item in verdicts]
        if len(given) < 2:
            continue
        totals.update(given)
        n_keep = given.count("keep")
        coincidences += 2 * n_keep * (len(given) - n_keep) / (len(given) - 1)
    n = sum(totals.values())
    expected = 2 * totals["keep"] * totals["drop"]
    return 1.0 - (n - 1) * coincidences / expected if expected else 1.0


def consensus(judges: Sequence[Verdicts]) -> Verdicts:
    """The verdict of most judges on each item; ties are left out."""
    votes: dict[str, Counter[str]] = {}
    for verdicts in judges:
        for item, verdict in verdicts.items():
            votes.setdefault(item, Counter())[verdict] += 1
    return {
        item: "keep" if count["keep"] > count["drop"] else "drop"
        for item, count in sorted(votes.items())
        if count["keep"] != count["drop"]
    }


def report(sheets: Mapping[str, Verdicts], cases: Sequence[Mapping[str, Any]]) -> list[str]:
    """Lines for people: pairs of judges, all of them, and each set of rules against their majority."""
    lines = []
    for (one, left), (other, right) in combinations(sheets.items(), 2):
        n, agreed, value = kappa(left, right)
        lines.append(f"{one} and {other}: {n} items decided by both, {agreed:.3f} agree, kappa {value:.3f}")
    if len(sheets) > 1:
        lines.append(f"all {len(sheets)} judges: alpha {alpha(list(sheets.values())):.3f}")
    majority = consensus(list(sheets.values()))
    for name, key in (("our", "ours"), ("FineWeb2's", "theirs")):
        rules = {item_of(case["id"]): "keep" if case[key] is None else "drop" for case in cases}
        n, agreed, value = kappa(majority, rules)
        wrong = Counter((majority[item], rules[item]) for item in majority.keys() & rules.keys())
        lines.append(
            f"{name} rules and the judges: {n} items, {agreed:.3f} agree, kappa {value:.3f}; drops that judges keep "
            f"{wrong['keep', 'drop']}, keeps that judges drop {wrong['drop', 'keep']}"
        )
    return lines


def main(words: Sequence[str]) -> None:
    """Print the report on the sheets named."""
    options = [word for word in words if re.match(r"\w+=", word) and not Path(word).exists()]
    paths = [Path(word) for word in words if word not in options]
    try:
        config = configure(STAGE, options)
        audit = finished(config, STAGE.name)
        folder = run_folder(config)
        if audit.inputs["clean"] != hashlib.sha256(folder.child("clean").read(MANIFEST)).hexdigest():
            msg = f"{folder.uri}: the run has been cleaned again since its audit. Try: {STAGE.command} run={config.run}"
            raise StageError(msg)
        if not paths or len(set(paths)) < len(paths):
            command = f"python -m clean.audit.agreement run={config.run} judge-1.csv judge-2.csv"
            got = ", ".join(map(str, paths)) or "no sheet"
            msg = f"agreement: got {got}; expected different CSV files. Try: {command}"
            raise ConfigurationError(msg)
        cases = folder.child(STAGE.name).read_json(CASES)
        known = {item_of(case["id"]) for case in cases}
        sheets = {str(path): read_sheet(path, known) for path in paths}
        print("\n".join(report(sheets, cases)))  # noqa: T201 (a command line)
    except SastraError as error:
        fail(str(error), error.exit_code)


if __name__ == "__main__":
    main(sys.argv[1:])
