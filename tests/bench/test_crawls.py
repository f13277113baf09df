from __future__ import annotations

import sys

from bench.crawls import watch

PYTHON = [sys.executable, "-c"]


def test_what_a_process_took_is_watched():
    take = "held = bytearray(b'x') * 200_000_000; files = [open('/dev/null') for _ in range(50)]"
    watched = watch(
        [*PYTHON, f"import sys, time; {take}; time.sleep(0.3); sys.stderr.write('done'); sys.exit(3)"]
    )
    assert (watched.code, watched.said) == (3, "done")
    assert watched.peak_bytes > 200_000_000
    assert 50 < watched.open_files < 80
    assert watched.cpu_seconds > 0
    assert watched.wall_seconds > 0.3


def test_it_is_killed_when_that_is_wanted():
    watched = watch([*PYTHON, "import time; time.sleep(60)"], lambda seconds: seconds > 0.2)
    assert watched.code == -9
    assert watched.wall_seconds < 30
