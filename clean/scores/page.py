"""What the page around a text tells: how extraction went, errors that come as pages, lists of teasers.

Sources: soft 404s after Bar-Yossef et al. 2004 (here by wording alone); link share after Kohlschütter et al. 2010;
the wordings are those of Khmer and English content managers. A text that came without a page scores null or 0.
"""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from clean.extract.tables import FAILED, NO_KHMER, OUT_OF_MEMORY, TOO_COSTLY, TOO_LARGE, TOO_SLOW
from clean.scores.texts import Booleans, Floats, Texts, ratio

# RE2: \W and \b know ASCII alone, so classes of punctuation are spelt out.
_THING = "(?:ទំព័រ|អត្ថបទ|ប្រធានបទ|មាតិកា|ឯកសារ|តំណ)"
_MISSING = (
    rf"(?:រក|ស្វែងរក)មិនឃើញ\s?{_THING}|{_THING}(?:នេះ)?\s?(?:រក)?មិន(?:មាន|ឃើញ)|(?:មិនមាន|គ្មាន)\s?{_THING}\s?(?:នេះ|ដែល)"
    rf"|{_THING}ដែល(?:លោក)?អ្នក\S{{0,40}}(?:មិនមាន|រកមិនឃើញ)|(?:page|file|document|article|content) (?:was )?not found"
)
ERROR_TITLE = (
    r"(?i)^[\s\pP]*(?:error\s*)?(?:40[0134]|410|50[023]|៤០[៣៤]|៥០០)[\s\pP]*"
    r"(?:$|[-–—|:]|not found|error|page|forbidden|រកមិនឃើញ)"
    rf"|^[\s\pP]*(?:not found|nothing found|access denied|forbidden|under construction|no results)|{_MISSING}"
)
ERROR_TEXT = (
    rf"(?i){_MISSING}|(?:page|file|article) you (?:are looking for|requested)"
    "|(?:page|file|article|content) (?:cannot|could not) be found"
)
_READ_MORE = "(?:អាន(?:បន្ត|បន្ថែម|លម្អិត|ទាំងស្រុង|ត)|មើល(?:បន្ថែម|លម្អិត)|ចុចអាន|read more|continue reading|see more)"
TEASER_LINK = rf"(?i){_READ_MORE}[\s\pP\pS]{{0,4}}$|(?:…|\.\.\.)[\s\pP]{{0,3}}{_READ_MORE}.{{0,120}}$"
TEASER_BREAK = r"(?:…|\.\.\.)[)\]»” ]*$"
LEAST_BREAKS = 3
LONGEST_TEASER = 800  # characters
LEAST_CARDS_CLUSTERS = 150
LEAST_MAIN_SHARE = 0.15
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


def out_of_memory(texts: Texts) -> Floats:
    """1 where extraction used up its memory."""
    return _outcome(texts, OUT_OF_MEMORY)


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


def confidence(texts: Texts) -> Floats:
    """Mean chance of a page's chosen blocks to be main text, by their characters, as settled; null without a page.

    Low where nothing looks like an article and the likeliest block was taken: see clean.extract_no_article in bench.
    """
    return texts.page_fact("page_confidence")


def comment_chars(texts: Texts) -> Floats:
    """Characters of readers' comments, which are not in the text; null without a page."""
    return texts.page_fact("page_comment_chars")


def legacy_chars(texts: Texts) -> Floats:
    """Characters of Khmer made from a legacy font's codes; null without a page."""
    return texts.page_fact("page_legacy_chars")


def host_share(texts: Texts) -> Floats:
    """Share of a text's characters that were removed as lines its host repeats."""
    removed = np.nan_to_num(texts.page_fact("page_host_chars"))
    return ratio(removed, removed + texts.counts.n_chars)


def error_title(texts: Texts) -> Floats:
    """1 where the title or first heading reports an error and the text is short."""
    short = texts.counts.n_clusters < LONG_CLUSTERS
    said = _holds(texts.table["title"], ERROR_TITLE) | _holds(texts.page["page_h1"], ERROR_TITLE)
    return (short & said).astype(np.float64)


def _holds(column: object, pattern: str) -> Booleans:
    found = pc.fill_null(pc.match_substring_regex(column, pattern), fill_value=False)
    return np.asarray(found.combine_chunks().to_numpy(zero_copy_only=False))


def error_rate(texts: Texts) -> Floats:
    """Phrases that report a missing page, per 100 clusters."""
    return ratio(100.0 * texts.matches(ERROR_TEXT), texts.counts.n_clusters)


def teaser_share(texts: Texts) -> Floats:
    """Share of characters in lines that end in 'read more', or break off where 3 or half of all do: a list of teasers.

    Null without a page: imported paragraphs that end in 'read more' are prose but for that.
    """
    linked, broken = texts.lines_match(TEASER_LINK), texts.lines_match(TEASER_BREAK)
    n_broken = texts.per_text(broken.astype(np.float64))
    many = (n_broken >= LEAST_BREAKS) | (2 * n_broken >= texts.n_lines)
    chars = texts.lines.n_chars.astype(np.float64)
    marked = chars * (linked | (broken & many[texts.lines.text])) * (chars <= LONGEST_TEASER)
    return _with_page(texts, ratio(texts.per_text(marked), texts.per_text(chars)))


def _with_page(texts: Texts, scores: Floats) -> Floats:
    return np.where(np.isnan(texts.page_fact("page_bytes")), np.nan, scores)


def linked_text_share(texts: Texts) -> Floats:
    """`link_share` of texts of at least 150 clusters, 0 for shorter ones: cards that are links as a whole."""
    share = np.nan_to_num(texts.page_fact("page_link_share"))
    return np.where(texts.counts.n_clusters >= LEAST_CARDS_CLUSTERS, share, 0.0)


def other_script_share(texts: Texts) -> Floats:
    """Share of the page's letters that are neither Khmer nor Latin, 0 where the main text is .15 of the page or more.

    A page in Thai with comments in Khmer is a page in Thai, whatever of it was taken for its main text. Null without
    a page.
    """
    aside = texts.page_fact("page_main_share") < LEAST_MAIN_SHARE
    return texts.page_fact("page_other_script_share") * aside
