"""The main text of a page by trafilatura: the selectable alternative to our blocks."""

from __future__ import annotations

import importlib.util
import re
from typing import Final

from corpus.errors import ConfigurationError

PACKAGES: Final = ("trafilatura", "lxml_html_clean")  # trafilatura imports the second without declaring it
# Variation selectors of ideographs: trafilatura keeps them, as marks, where it deletes what is invisible.
STAND_INS: Final = dict(
    zip("\u200b\u200c\u200d\u2060", "\U000e0100\U000e0101\U000e0102\U000e0103", strict=True)
)
REFERENCES: Final = {
    "8203": "\u200b", "x200b": "\u200b", "zerowidthspace": "\u200b",
    "8204": "\u200c", "x200c": "\u200c", "zwnj": "\u200c",
    "8205": "\u200d", "x200d": "\u200d", "zwj": "\u200d",
    "8288": "\u2060", "x2060": "\u2060", "nobreak": "\u2060",
}  # fmt: skip
REFERENCE: Final = re.compile(
    r"&(?:#0*(?P<number>8203|8204|8205|8288|x0*20(?:0[bcd]|60))|(?P<name>zerowidthspace|zwn?j|nobreak));?",
    re.IGNORECASE,
)
_GOING: Final = str.maketrans({**STAND_INS, **dict.fromkeys(STAND_INS.values(), "")})
_COMING: Final = str.maketrans({stand_in: char for char, stand_in in STAND_INS.items()})


def check_trafilatura() -> None:
    """Raise ConfigurationError unless trafilatura can be imported; it is an extra."""
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        msg = (
            f"extractor: got trafilatura, but {' and '.join(missing)} cannot be imported. "
            "Try: pip install -e '.[trafilatura]', or another extractor"
        )
        raise ConfigurationError(msg)


def trafilatura_text(html: str) -> str:
    """The main text, a paragraph a line, the heading with it, without comments; empty where trafilatura finds none.

    Zero-width spaces and joiners are kept. By itself trafilatura deletes all of them, and with them the word
    boundaries of Khmer and the form of some clusters; so other characters go through it in their place.
    """
    import trafilatura

    going = REFERENCE.sub(_char, html).translate(_GOING)
    found: str | None = trafilatura.extract(going, include_comments=False)
    return (found or "").translate(_COMING)


def _char(found: re.Match[str]) -> str:
    code = (found["number"] or found["name"]).lower()
    return REFERENCES[re.sub("^x0*", "x", code)]
