"""The canonical order and spelling of one orthographic cluster.

Rules: UTN #61 for the order (p. 16), the "do not use" spellings (pp. 28-30) and coeng da (pp. 31-32); SIL's
Khmer character specification for the order among vowels. Only encodings that look alike are merged, never
spellings that a reader can tell apart.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from khmer.codepoints import BA, BASE_CLASS, COENG, DA, MUUSIKATOAN, RO, STRONG_CLASS, TA, TRIISAP, ZWNJ

# The slots of a cluster after its base, in order. A coeng and what it subjoins move as one unit.
_SLOTS: Final = (
    "\u17cc",  # robat
    COENG,
    MUUSIKATOAN + TRIISAP,
    ZWNJ,
    "\u17be\u17bf\u17c0\u17c1\u17c2\u17c3\u17c4\u17c5",  # vowels written before the base, wholly or in part
    "\u17bb\u17bc\u17bd",  # below
    "\u17b7\u17b8\u17b9\u17ba",  # above
    "\u17b6",  # after
    "\u17c6\u17cb\u17cd\u17ce\u17cf\u17d0\u17d1\u17d3\u17dd",  # modifiers
    "\u17c7\u17c8",  # finals
)
_SLOT: Final = {mark: slot for slot, marks in enumerate(_SLOTS, start=1) for mark in marks}
_UNIT: Final = re.compile(f"{COENG}+[{BASE_CLASS}]?|.", re.DOTALL)

# Replacements inside a cluster in canonical order; the result may need ordering again.
_FOLDS: Final = (
    (re.compile(f"{COENG}{COENG}+"), COENG),
    (re.compile(f"{ZWNJ}{ZWNJ}+"), ZWNJ),
    (re.compile("\u17be\u17b6"), "\u17c4\u17b8"),
    (re.compile("\u17c1([\u17bb-\u17bd]?)\u17b8"), "\u17be\\1"),
    (re.compile("\u17c1([\u17bb-\u17bd]?)\u17b6"), "\u17c4\\1"),
    (re.compile("\u17be\u17bb"), "\u17bb\u17be"),
)

# A -u typed for the look-alike register shifter that an above vowel pushes below the base.
_ABOVE: Final = "[\u17b7-\u17ba\u17be\u17dd]|\u17b6\u17c6"
_U_FOR_SHIFTER: Final = re.compile(
    f"(?P<consonants>[{BASE_CLASS}]\u17cc?(?:{COENG}[{BASE_CLASS}])*)"
    f"(?P<vowel>[\u17c1-\u17c5]?)\u17bb(?:(?P<above>{_ABOVE})|(?P<samyok>(?<![\u17c4\u17c5]\u17bb)\u17d0))"
)
_STRONG: Final = re.compile(f"[{STRONG_CLASS}]")
_COENG_RO_BEFORE: Final = re.compile(f"({COENG}{RO})({COENG}[{BASE_CLASS}])")


def _ordered(cluster: str) -> str:
    units: list[str] = _UNIT.findall(cluster)
    return "".join(sorted(units, key=lambda unit: _SLOT.get(unit[0], 0)))


def _with_shifter(cluster: str) -> str:
    """-u before an above vowel becomes triisap on a first-series cluster without BA, else muusikatoan.

    UTN #61, pp. 17 and 22-25. Samyok sannya pushes muusikatoan down, not triisap.
    """
    match = _U_FOR_SHIFTER.match(cluster)
    if match is None:
        return cluster
    consonants, vowel = match["consonants"], match["vowel"]
    strong = BA not in consonants and _STRONG.search(consonants) is not None
    if strong and match["samyok"]:
        return cluster
    rest = cluster[match.end("vowel") + 1 :]
    return consonants + (TRIISAP if strong else MUUSIKATOAN) + vowel + rest


def _folded(cluster: str) -> str:
    for pattern, replacement in _FOLDS:
        cluster = pattern.sub(replacement, cluster)
    cluster = _with_shifter(cluster)
    while (swapped := _COENG_RO_BEFORE.sub(r"\2\1", cluster)) != cluster:
        cluster = swapped
    return cluster.replace(COENG + DA, COENG + TA)


@lru_cache(maxsize=1 << 16)
def canonical(cluster: str) -> str:
    """The canonical form of one cluster; never longer than the cluster, and a fixed point."""
    while (folded := _folded(_ordered(cluster))) != cluster:
        cluster = folded
    return cluster
