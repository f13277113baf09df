from __future__ import annotations

import asyncio
from unittest.mock import Mock

from crawl.session import Crawl


def test_after_a_fault_nothing_is_committed():
    loop = asyncio.new_event_loop()
    journal = Mock()
    parts = dict.fromkeys(("config", "client", "names", "scope", "hosts", "post"), Mock())
    crawl = Crawl(**parts, journal=journal, failed=loop.create_future())
    crawl.commit()
    assert journal.commit.call_count == 1
    crawl.fail(OSError(28, "No space left on device"))
    crawl.commit()
    assert journal.commit.call_count == 1
    assert isinstance(crawl.failed.exception(), OSError)
    loop.close()
