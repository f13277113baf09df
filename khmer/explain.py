"""What normalisation does to a text, change by change, in the text's own code points.

`python -m khmer.explain FILE` shows the changes of a file of UTF-8, `-` those of standard input, one a line: line and
column in code points, the rules, what was there and what becomes of it, and what the rules do.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from khmer.codepoints import ZWNJ
from khmer.reference import SINGLE, clusters, fired_rules, joiners, kept_joiner, repaired_in_place
from khmer.rules import RULES, STANDARD, Options, Rule

_SINGLE: Final = re.compile("|".join(f"([{characters}])" for _, characters, _ in SINGLE))


class Change(NamedTuple):
    """`text[start:end]`, which is `before`, becomes `after` by these rules, in the order of `Rule`."""

    rules: tuple[Rule, ...]
    start: int
    end: int
    before: str
    after: str


class _Piece(NamedTuple):
    """What `text[start:end]` has become; as an edit, what that part of a stage's text becomes."""

    start: int
    end: int
    after: str
    rules: int


def explain(text: str, options: Options = STANDARD) -> list[Change]:
    """The changes that make a text canonical, in order and apart; `apply` makes them."""
    pieces = [_Piece(at, at + 1, character, 0) for at, character in enumerate(text)]
    for stage in (_single_edits, _joiner_edits, _form_c_edits, _cluster_edits):
        pieces = _edited(pieces, stage("".join(piece.after for piece in pieces), options))
    return [
        Change(
            tuple(fired_rules(piece.rules)),
            piece.start,
            piece.end,
            text[piece.start : piece.end],
            piece.after,
        )
        for piece in pieces
        if piece.rules
    ]


def apply(text: str, changes: list[Change]) -> str:
    """The text with the changes made."""
    parts: list[str] = []
    done = 0
    for change in changes:
        parts += (text[done : change.start], change.after)
        done = change.end
    return "".join([*parts, text[done:]])


def _edited(pieces: list[_Piece], edits: Iterator[_Piece]) -> list[_Piece]:
    """The pieces with the edits of one stage; those that an edit touches become one."""
    result: list[_Piece] = []
    at, k = 0, 0  # where the next piece starts in the stage's text
    for edit in edits:
        while at + len(pieces[k].after) <= edit.start:
            result.append(pieces[k])
            at += len(pieces[k].after)
            k += 1
        first, origin = k, at
        while at < edit.end:
            at += len(pieces[k].after)
            k += 1
        touched = pieces[first:k]
        now = "".join(piece.after for piece in touched)
        after = now[: edit.start - origin] + edit.after + now[len(now) - (at - edit.end) :]
        rules = edit.rules
        for piece in touched:
            rules |= piece.rules
        result.append(_Piece(touched[0].start, touched[-1].end, after, rules))
    return result + pieces[k:]


def _single_edits(text: str, options: Options) -> Iterator[_Piece]:
    for match in _SINGLE.finditer(text):
        rule, _, after = SINGLE[(match.lastindex or 0) - 1]
        if options.zwsp or rule != Rule.ZWSP:
            yield _Piece(match.start(), match.end(), after, 1 << rule)


def _joiner_edits(text: str, options: Options) -> Iterator[_Piece]:
    for match in joiners(options).finditer(text):
        kept = kept_joiner(text, match.start(), match[0])
        for at in range(match.start(), match.end()):
            if text[at] == kept:
                kept = ""
            else:
                yield _Piece(at, at + 1, "", 1 << (Rule.ZWNJ if text[at] == ZWNJ else Rule.ZWJ))


def _form_c_edits(text: str, _options: Options) -> Iterator[_Piece]:
    """What form C changes, in pieces across whose ends it never acts."""
    if unicodedata.is_normalized("NFC", text):
        return
    for match in _recomposing().finditer(text):
        after = unicodedata.normalize("NFC", match[0])
        if after != match[0]:
            yield _Piece(match.start(), match.end(), after, 1 << Rule.FORM_C)


@cache
def _recomposing() -> re.Pattern[str]:
    """A character with all that may combine with it, or that form C replaces."""
    from khmer.tables import recomposing

    unstable = "".join(map(chr, recomposing())) + "\U0002f800-\U0002fa1f"  # compatibility ideographs
    return re.compile(f"[^{unstable}]?[{unstable}]+", re.DOTALL)


def _cluster_edits(text: str, options: Options) -> Iterator[_Piece]:
    for match in clusters(options).finditer(text):
        after, rules = repaired_in_place(text, match.start(), match.end(), options)
        if after != match[0]:
            yield _Piece(match.start(), match.end(), after, rules or 1 << Rule.ZWNJ)


def told(name: str, lines: Iterable[bytes]) -> Iterator[str]:
    """A line for each change in a file's lines, which are explained apart: no rule reaches over a line end.

    Raises ValueError naming the file and the line that is not UTF-8.
    """
    for number, line in enumerate(lines, start=1):
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError as error:
            msg = f"{name}:{number}: {error}; expected UTF-8. Try: iconv -t UTF-8"
            raise ValueError(msg) from error
        for change in explain(text):
            rules = ", ".join(rule.identifier for rule in change.rules)
            points = f"{_points(change.before)} → {_points(change.after)}"
            effects = "; ".join(RULES[rule].effect for rule in change.rules)
            shown = f"{change.before} → {change.after or 'nothing'} ({points})"
            yield f"{number}:{change.start + 1}: {rules}: {shown}: {effects}"


def _points(text: str) -> str:
    return " ".join(f"U+{ord(character):04X}" for character in text) or "nothing"


def main(words: Sequence[str]) -> int:
    """Write the changes of a file; the exit code, 2 for a file that cannot be read."""
    if len(words) != 1 or {"-h", "--help"} & set(words):
        print(__doc__)  # noqa: T201 (a command line)
        return 0 if {"-h", "--help"} & set(words) else 2
    [name] = words
    try:
        with sys.stdin.buffer if name == "-" else Path(name).open("rb") as lines:
            for line in told(name, lines):
                print(line)  # noqa: T201 (a command line)
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        what = "expected a text file. Try: python -m khmer.explain --help"
        sys.stderr.write(f"{name}: {error.strerror}; {what}\n")
        return 2
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
