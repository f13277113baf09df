"""What stages, reasons and units are called in Khmer and in English."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from report.charts import Label

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
