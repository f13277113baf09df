"""Path patterns of robots.txt: one spelling for both sides, and which rule decides (RFC 9309, 2.2.2 and 2.2.3).

No regular expression is made of a pattern, which a site's `/*a*a*a*a*b` would keep busy for years: matching is
linear in the lengths of pattern and path.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Generic, NamedTuple, TypeVar
from urllib.parse import quote

T = TypeVar("T")

_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#]*", re.I)
_SPECIAL = re.compile(r"[*$]")
_INNER_DOLLAR = re.compile(r"\$(?!\Z)")
# What may have another spelling: an escape of ASCII or with small letters, and what no URL holds bare.
_SPELLING = re.compile(r"%[2-7][0-9A-Fa-f]|%[a-f][0-9A-Fa-f]|%[0-9A-F][a-f]|[^!-~]|[\"<>\\^`{|}]")
_ESCAPED = frozenset('%/?#*$ "<>\\^`{|}\x7f')  # stay escaped: delimiters, what is special, what is never bare


def target_of(url: str) -> str:
    """Path and query of a URL, in the spelling in which paths and patterns are compared."""
    target = _ORIGIN.sub("", url, count=1).partition("#")[0]
    return _spelt(_SPECIAL.sub(_quoted, target))


def pattern_of(text: str) -> str:
    """A pattern in that spelling; one that lacks its slash is given it (its owner meant some path)."""
    return _spelt(_INNER_DOLLAR.sub("%24", text))


def _spelt(text: str) -> str:
    """With escapes where they are needed, in capitals, and nowhere else.

    A reserved character and its escape are the same (RFC 9309, 2.2.2), but for `%2F` and `%3F` before the query,
    where they are no delimiters, and `%2A` and `%24`, which stand for themselves (2.2.3).
    """
    if not text.startswith(("/", "*")):
        text = f"/{text}"
    if _SPELLING.search(text) is None:
        return text
    path, mark, query = _SPELLING.sub(_respelt, text).partition("?")
    return path + mark + query.replace("%2F", "/").replace("%3F", "?")


def _respelt(found: re.Match[str]) -> str:
    text = found[0]
    if len(text) == 1:
        return _quoted(found)
    character = chr(int(text[1:], 16))
    return character if character.isascii() and character not in _ESCAPED else text.upper()


def _quoted(found: re.Match[str]) -> str:
    return quote(found[0], safe="", errors="surrogatepass")


class Pattern(NamedTuple):
    """A spelt pattern taken apart: a prefix, with `*` for any characters and a final `$` for the end."""

    first: str
    inner: tuple[str, ...]
    last: str
    is_exact: bool = False

    @classmethod
    def of(cls, pattern: str) -> Pattern:
        """The parts of a pattern in the spelling of `pattern_of`."""
        first, *rest = pattern.removesuffix("$").split("*")
        ends = pattern.endswith("$")
        last = rest.pop() if ends and rest else ""
        return cls(first, tuple(filter(None, rest)), last, ends and "*" not in pattern)

    def matches(self, target: str) -> bool:
        """Whether it matches a spelt path."""
        if not target.startswith(self.first):
            return False
        at, end = len(self.first), len(target) - len(self.last)
        if self.is_exact or end < at or not target.endswith(self.last):
            return self.is_exact and target == self.first
        for part in self.inner:
            found = target.find(part, at, end)
            if found < 0:
                return False
            at = found + len(part)
        return True


class Rule(NamedTuple, Generic[T]):
    """A spelt pattern and what it says; of equally long ones that match, the one of least `rank` decides."""

    pattern: str
    rank: int
    said: T


class Rules(Generic[T]):
    """Rules of which the longest that matches decides."""

    def __init__(self, rules: Iterable[Rule[T]]) -> None:
        self._plain: dict[str, Rule[T]] = {}
        special: dict[tuple[str, int], Rule[T]] = {}
        for rule in rules:
            if "*" in rule.pattern or rule.pattern.endswith("$"):
                special.setdefault((rule.pattern, rule.rank), rule)
            elif (known := self._plain.get(rule.pattern)) is None or rule.rank < known.rank:
                self._plain[rule.pattern] = rule
        self._lengths = sorted({len(pattern) for pattern in self._plain}, reverse=True)
        self._special = [
            (rule, Pattern.of(rule.pattern)) for rule in sorted(special.values(), key=_precedence)
        ]

    def deciding(self, target: str) -> Rule[T] | None:
        """The rule that decides on a spelt path, if any matches."""
        plain = self._longest_prefix(target)
        for rule, pattern in self._special:
            if plain is not None and _precedence(plain) < _precedence(rule):
                break
            if pattern.matches(target):
                return rule
        return plain

    def _longest_prefix(self, target: str) -> Rule[T] | None:
        """The deciding one of the rules without special characters: a look-up for each length that they have."""
        for length in self._lengths:
            rule = self._plain.get(target[:length])
            if rule is not None:
                return rule
        return None


def _precedence(rule: Rule[T]) -> tuple[int, int]:
    return -len(rule.pattern), rule.rank
