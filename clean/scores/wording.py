"""Fixed phrases that rules of several sources look for, counted in one scan: a scan for each would cost as much."""

from __future__ import annotations

from typing import Final

from clean.scores.phrases import Groups
from clean.scores.spam import ADULT, GAMBLING

# The function words of FineWeb2's configs/khm_Khmr.yml.
STOP_WORDS: Final = (
    "មាន", "បាន", "ដែល", "ជា", "និង", "នៅ", "របស់", "ក្នុង", "ថា", "នេះ", "នៃ", "ហើយ", "ទៅ", "ដោយ",
)  # fmt: skip
PLACEHOLDER: Final = ("lorem ipsum",)
# C4's notices (c4_utils.py of tensorflow/datasets), and what Khmer pages say in their place.
NOTICES: Final = (
    "javascript", "terms of use", "terms of service", "privacy policy", "cookie policy", "uses cookies",
    "use of cookies", "use cookies", "ប្រើខូគី", "ប្រើប្រាស់ខូគី", "គោលការណ៍ឯកជនភាព", "គោលការណ៍ឯកជន",
    "គោលការណ៍ភាពឯកជន", "លក្ខខណ្ឌប្រើប្រាស់", "លក្ខខណ្ឌនៃការប្រើប្រាស់",
)  # fmt: skip

# What is left of a page's source in a text that was taken out of it badly.
MARKUP: Final = (
    "<p>", "</p>", "<p ", "<br", "<div", "</div", "<span", "</span", "<strong>", "</strong>", "<a href", "</a>",
    "<img ", "<td", "<li>", "href=", "src=", "style=", "class=", "&nbsp;", "&amp;", "&quot;", "&#", "[/", "] => ",
    "function(", "{{", "<?php", "document.write", "adsbygoogle",
)  # fmt: skip
ADDRESSES: Final = ("http://", "https://", "www.*")
# A text that names nothing of what is advertised needs no closer look.
ADVERTISED: Final = tuple(
    sorted({name for terms in (GAMBLING, ADULT) for group in terms.names for name in group})
)

PHRASES: Final[Groups] = (
    *((word,) for word in STOP_WORDS),
    PLACEHOLDER,
    NOTICES,
    MARKUP,
    ADDRESSES,
    ADVERTISED,
)
N_STOP_WORDS: Final = len(STOP_WORDS)
PLACEHOLDER_COLUMN: Final = N_STOP_WORDS
NOTICE_COLUMN: Final = N_STOP_WORDS + 1
MARKUP_COLUMN: Final = N_STOP_WORDS + 2
ADDRESS_COLUMN: Final = N_STOP_WORDS + 3
ADVERTISED_COLUMN: Final = N_STOP_WORDS + 4
