"""What the page around a text tells: how extraction went, errors that come as pages, lists of teasers.

Sources: soft 404s after Bar-Yossef et al. 2004 (here by wording alone); link share after Kohlschütter et al. 2010;
the wordings are those of Khmer and English content managers. A text that came without a page scores null or 0.
"""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from clean.extract import FAILED, NO_KHMER, TOO_COSTLY, TOO_LARGE, TOO_SLOW
from clean.scores.texts import Booleans, Floats, Texts, ratio

# RE2: \W and \b know ASCII alone, so classes of punctuation are spelt out.
ERROR_TITLE = (
    r"(?i)^[\s\pP]*(?:error\s*)?(?:400|403|404|410|500|502|503)(?:[\s\pP]|$)"
    r"|(?:page|file|document|article) (?:was )?not found"
    r"|^[\s\pP]*(?:not found|nothing found|access denied|forbidden|under construction|no results)"
    r"|(?:រក|ស្វែងរក)មិនឃើញ\s?(?:ទំព័រ|អត្ថបទ|ឯកសារ|មាតិកា)|(?:ទំព័រ|អត្ថបទ)(?:នេះ)?\s?(?:រក)?មិន(?:មាន|ឃើញ)"
    r"|(?:មិនមាន|គ្មាន)\s?(?:ទំព័រ|អត្ថបទ|មាតិកា)\s?(?:នេះ|ដែល)"
)
ERROR_TEXT = (
    r"(?i)(?:page|file|article|content) (?:you (?:are looking for|requested)|cannot be found|could not be found)"
    r"|page not found|404 not found|no longer (?:exists|available)"
    r"|(?:រក|ស្វែងរក)មិនឃើញ\s?(?:ទំព័រ|អត្ថបទ|មាតិកា)|(?:ទំព័រ|អត្ថបទ|តំណ)ដែល(?:លោក)?អ្នក\S{0,40}(?:មិនមាន|រកមិនឃើញ)"
    r"|មិនមាន(?:ទៀត|ឡើយ)ទេ|ត្រូវបាន(?:ដកចេញ|លុប)(?:ចេញ)?(?:ពី)?(?:គេហទំព័រ|ប្រព័ន្ធ)|(?:មិនមាន|គ្មាន)\s?(?:ទំព័រ|អត្ថបទ)\s?(?:នេះ|ដែល)"
    r"|សូមស្វែងរក(?:អត្ថបទ|ទំព័រ|មាតិកា)ផ្សេង"
)
TEASER = (
    r"(?i)(?:…|\.\.\.)[)\]»” ]*$|(?:អាន(?:បន្ត|បន្ថែម|លម្អិត|ទាំងស្រុង|ត)|មើល(?:បន្ថែម|លម្អិត)|ចុចអាន)[\s\pP\pS]{0,4}$"
    r"|(?:read more|continue reading|see more)[\s\pP\pS]{0,4}$"
)
LEAST_TEASERS = 3
LONG_CLUSTERS = 600  # a page this long is about something, whatever its title


def without_khmer(texts: Texts) -> Floats:
    """1 where a payload holds no Khmer letter in any encoding, so that it was not parsed."""
    return _outcome(texts, NO_KHMER)


def too_large(texts: Texts) -> Floats:
    """1 where a payload is over the limit on bytes."""
    return _outcome(texts, TOO_LARGE)


def too_costly(texts: Texts) -> Floats:
    """1 where a page is nested, or a tag long, beyond anything honest."""
    return _outcome(texts, TOO_COSTLY)


def too_slow(texts: Texts) -> Floats:
    """1 where extraction used up its time."""
    return _outcome(texts, TOO_SLOW)


def failed(texts: Texts) -> Floats:
    """1 where extraction raised an error."""
    return _outcome(texts, FAILED)


def _outcome(texts: Texts, outcome: int) -> Floats:
    return np.asarray(texts.page_fact("page_outcome") == outcome, np.float64)


def legacy_fonts(texts: Texts) -> Floats:
    """Legacy Khmer fonts named in a payload without Khmer letters; null for others."""
    return texts.page_fact("page_legacy_fonts")


def inner_capital_share(texts: Texts) -> Floats:
    """Share of Latin words with a capital inside, in a payload without Khmer letters; null for others.

    .63 to .86 in Limon text, under .5 elsewhere (measured on 13 Limon texts and 280 foreign pages).
    """
    return texts.page_fact("page_inner_capital_share")


def main_share(texts: Texts) -> Floats:
    """Share of the page's visible characters that is main text; null without a page."""
    return texts.page_fact("page_main_share")


def link_share(texts: Texts) -> Floats:
    """Share of the main text's characters that are links; null without a page."""
    return texts.page_fact("page_link_share")


def error_title(texts: Texts) -> Floats:
    """1 where the title or first heading reports an error and the text is short."""
    short = texts.counts.n_clusters < LONG_CLUSTERS
    said = _holds(texts.table["title"], ERROR_TITLE) | _holds(texts.page["page_h1"], ERROR_TITLE)
    return (short & said).astype(np.float64)


def _holds(column: object, pattern: str) -> Booleans:
    found = pc.fill_null(pc.match_substring_regex(column, pattern), fill_value=False)
    return np.asarray(found.combine_chunks().to_numpy(zero_copy_only=False))


def error_rate(texts: Texts) -> Floats:
    """Phrases that report a missing page, per 100 clusters; 0 for a single one."""
    n_phrases = texts.matches(ERROR_TEXT)
    return ratio(100.0 * n_phrases * (n_phrases > 1), texts.counts.n_clusters)


def teaser_line_share(texts: Texts) -> Floats:
    """Share of lines that break off or end in 'read more', 0 for fewer than 3 of them: a list of teasers."""
    marked = texts.lines_match(TEASER)
    enough = texts.per_text(marked.astype(np.float64)) >= LEAST_TEASERS
    return np.asarray(texts.share_of_lines(marked) * enough)
