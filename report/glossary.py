"""What stages, reasons and units are called in Khmer and in English."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import icu
import yaml

from report.charts import Label

ZWSP: Final = "\u200b"
NO_SOURCE = Label("គ្មានឈ្មោះ", "without a name")


@cache
def _entries() -> dict[str, dict[str, dict[str, str]]]:
    text = Path(__file__).with_name("glossary.yaml").read_text(encoding="utf-8")
    entries: dict[str, dict[str, dict[str, str]]] = yaml.safe_load(text)
    return entries


def label(kind: str, name: str) -> Label:
    """The name of a stage, unit, reason, step, … in both languages; an unknown one as it is, with spaces."""
    entry = _entries()[kind].get(name)
    return Label(**entry) if entry else plain_label(name.replace("_", " "))


def plain_label(name: str) -> Label:
    """A proper name, the same in both languages."""
    return Label(name, name) if name else NO_SOURCE


def names(kind: str) -> list[str]:
    """What has a name of a kind, in the order of the glossary."""
    return list(_entries()[kind])


def language(tag: str) -> Label:
    """The name of a language by its BCP 47 tag, from ICU where the glossary has none; the tag where neither has."""
    if tag in _entries()["languages"]:
        return label("languages", tag)
    try:
        named = icu.Locale.forLanguageTag(tag)
    except icu.ICUError:
        return plain_label(tag)
    km, en = (str(named.getDisplayName(icu.Locale(reader))).replace(ZWSP, "") for reader in ("km", "en"))
    return Label(en if km == tag else km, en)
