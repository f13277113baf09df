"""Which of several copies stays."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_OPENNESS = (  # SPDX identifiers and LicenseRefs, the most open first
    re.compile(r"^(CC0|PDDL|Unlicense|0BSD|LicenseRef-.*public)", re.I),
    re.compile(r"^(CC-BY-\d|CC-BY$|ODC-By|Apache|MIT|BSD|ISC)", re.I),
    re.compile(r"^(CC-BY-SA|ODbL|GFDL|GPL|LGPL|MPL|EUPL)", re.I),
    re.compile(r"^CC-BY-N[CD]", re.I),
)


@lru_cache(maxsize=1024)
def closedness(licence: str) -> int:
    """0 for the public domain, 1 if only attribution is asked for, 2 share-alike, 3 limited use, 4 all else."""
    return next((rank for rank, pattern in enumerate(_OPENNESS) if pattern.match(licence)), len(_OPENNESS))


def best_first(traits: pa.Table) -> NDArray[np.uint64]:
    """The rows' numbers, those to be kept first: more clusters, more open licence, earlier date, smaller id.

    A document's date is that of publication, or of fetching where it is not known. Length leads because of
    two documents that share most of their text the longer holds more of the other than the other way round,
    and because it makes copies stand near each other in the order (`kernels.lead` relies on it).
    """
    dated = traits.append_column("date", pc.coalesce(traits["published_at"], traits["fetched_at"]))
    keys = [
        ("n_clusters", "descending"),
        ("closedness", "ascending"),
        ("date", "ascending"),
        ("id", "ascending"),
    ]
    order: NDArray[np.uint64] = pc.sort_indices(dated, sort_keys=keys).to_numpy()
    return order
