"""Licences: SPDX expressions with registered LicenseRefs, and what rows state in words of their own."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from license_expression import ExpressionError, Licensing, get_spdx_licensing

from corpus.errors import ConfigurationError
from crawl.ingest.config import IngestConfig

WEB = "LicenseRef-web-unstated"  # a page states its licence in its body, which `clean` reads
UNSTATED = "LicenseRef-unstated"
UNREGISTERED = "LicenseRef-unregistered"  # something is stated that nobody has read yet


@lru_cache(maxsize=1)
def _spdx() -> Licensing:
    return get_spdx_licensing()


class Licences:
    """The registry of a configuration; `unregistered` counts the statements that it did not know."""

    def __init__(self, config: IngestConfig) -> None:
        self._refs = {*config.licence_refs, WEB, UNSTATED, UNREGISTERED}
        self._known = dict(config.licences)
        self.unregistered: Counter[str] = Counter()
        for statement, expression in config.licences.items():
            self.check(f"licences: {statement!r}", expression)

    def check(self, where: str, expression: str) -> None:
        """Raise ConfigurationError unless all parts of the expression are SPDX or registered."""
        if not self._is_valid(expression):
            msg = f"{where}: licence: got {expression!r}; expected an SPDX expression or a LicenseRef of licence_refs"
            raise ConfigurationError(msg)

    def _is_valid(self, expression: str) -> bool:
        try:
            parsed = _spdx().parse(expression)
        except (ExpressionError, IndexError):  # IndexError: how it meets `()`
            return False
        return parsed is not None and set(_spdx().unknown_license_keys(parsed)) <= self._refs

    def of(self, stated: str, of_source: str) -> str:
        """The licence of a row that states `stated`, in a source for which `of_source` is configured."""
        stated = stated.strip()
        if not stated:
            return of_source or UNSTATED
        is_new = stated not in self._known and stated not in self.unregistered
        if is_new and self._is_valid(stated):
            self._known[stated] = str(_spdx().parse(stated))
        if stated not in self._known:
            self.unregistered[stated] += 1
            return of_source or UNREGISTERED
        return self._known[stated]
