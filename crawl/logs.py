"""What the libraries that fetch have to say."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

LOGGERS: Final = ("scrapy", "twisted", "asyncio")


@contextmanager
def libraries_logged() -> Iterator[None]:
    """Send the libraries' warnings to the stage's log, nothing of theirs to the terminal."""
    handlers = [*logging.getLogger("sastra").handlers, logging.NullHandler()]
    for logger in map(logging.getLogger, LOGGERS):
        logger.handlers, logger.propagate = list(handlers), False
        logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        for logger in map(logging.getLogger, LOGGERS):
            logger.handlers, logger.propagate = [], True
