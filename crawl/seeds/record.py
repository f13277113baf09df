"""Findings as they come, on disk line by line, so that a look at many hosts goes on where it was cut off."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Self

from crawl.seeds.finding import Finding

NAME = "findings.jsonl"


class Record:
    """The findings of a folder: those of before are there, each new one is on disk before the next is taken."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / NAME
        self.findings: dict[str, Finding] = {}
        whole = self._read()
        self._file = self._path.open("ab")
        self._file.truncate(whole)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, finding: Finding) -> None:
        """Take a finding."""
        self._file.write(json.dumps(asdict(finding), ensure_ascii=False).encode("utf-8", "replace") + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self.findings[finding.url] = finding

    def _read(self) -> int:
        """Take what is there; returns the bytes up to the first line that is not whole."""
        at = 0
        for line in self._path.read_bytes().splitlines(keepends=True) if self._path.exists() else []:
            try:
                finding = Finding.of(json.loads(line)) if line.endswith(b"\n") else None
            except (ValueError, TypeError):
                finding = None
            if finding is None:
                break
            self.findings[finding.url] = finding
            at += len(line)
        return at
