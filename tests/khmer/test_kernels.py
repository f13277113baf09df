from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import random
import pyarrow as pa
from khmer import clusters
from khmer.normalize import normalize

assert __import__("numba").config.BOUNDSCHECK == 1
generator = random.Random(8)
pieces = [*map(chr, range(0x1780, 0x17EA)), *"កតរ" * 8, *"\\u17d2\\u17ca" * 9, *" a1é\\u200b\\u200c\\u200d\\u0e49😀"]
texts = ["".join(generator.choices(pieces, k=generator.randint(0, 30))) for _ in range(2000)]
for kind in (pa.array(texts), pa.array(texts)[100:200], pa.array(["a"]), pa.array(["ក"]), pa.array([], pa.string())):
    units = (clusters.unit_hashes, clusters.flagged_units, clusters.read)
    for function in (normalize, clusters.counts, *units, clusters.cluster_spans):
        function(kind)
"""


def test_no_kernel_reads_or_writes_out_of_bounds(tmp_path: Path) -> None:
    """The kernels run unchecked; compiled with checks, the same scans raise IndexError where they would stray."""
    house = Path(__file__).resolve().parents[2]
    environment = os.environ | {
        "NUMBA_BOUNDSCHECK": "1",
        "NUMBA_CACHE_DIR": str(tmp_path),
        "PYTHONPATH": str(house),
    }
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr


def test_importing_khmer_loads_no_compiler() -> None:
    script = "import sys, khmer, khmer.clusters, khmer.normalize; assert 'numba' not in sys.modules"
    subprocess.run([sys.executable, "-c", script], cwd=Path(__file__).resolve().parents[2], check=True)
