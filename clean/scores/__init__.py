"""Scores of documents, a module for each source; every score is a function `Texts -> (n,) float64 or int64`.

The last, quality, is a function of the other scores, so that it can be computed again from attributes.

To add one: write the function with its source, name it in SCORES, give it a rule in configs/clean.yaml if it is to
decide anything, and a table of cases in tests/clean/scores. Scores are stored beside all documents.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pyarrow as pa

from clean.scores import (
    c4,
    encoding,
    fineweb,
    gopher,
    keywords,
    khmer,
    language,
    machine,
    page,
    perplexity,
    quality,
    shape,
    spam,
    words,
)
from clean.scores.texts import Floats, Integers, Texts

Score = Callable[[Texts], Floats | Integers]
Derived = Callable[[pa.Table], Floats]

_FUNCTIONS: Final[tuple[Score, ...]] = (
    page.without_khmer,
    page.too_large,
    page.too_costly,
    page.too_slow,
    page.out_of_memory,
    page.failed,
    page.legacy_fonts,
    page.inner_capital_share,
    page.main_share,
    page.link_share,
    page.confidence,
    page.comment_chars,
    page.legacy_chars,
    page.host_share,
    page.error_title,
    page.error_rate,
    page.teaser_share,
    page.linked_text_share,
    page.other_script_share,
    khmer.khmer_share,
    khmer.khmer_chars,
    khmer.invalid_rate,
    khmer.marks_share,
    khmer.cluster_chars,
    khmer.latin_share,
    khmer.digit_share,
    khmer.punctuation_share,
    language.khmer_line_share,
    language.other_line_letters,
    language.mixed_line_share,
    language.switch_rate,
    language.pair_fit,
    language.unlike_share,
    gopher.clusters,
    gopher.top_5gram_share,
    gopher.top_8gram_share,
    gopher.top_10gram_share,
    gopher.repeated_13gram_share,
    gopher.repeated_18gram_share,
    gopher.repeated_26gram_share,
    gopher.repeated_line_share,
    gopher.repeated_line_char_share,
    gopher.repeated_paragraph_share,
    gopher.repeated_paragraph_char_share,
    gopher.bullet_line_share,
    gopher.ellipsis_line_share,
    gopher.symbol_rate,
    c4.ended_line_share,
    c4.sentence_ends,
    c4.sentence_end_rate,
    c4.long_lines,
    c4.placeholder_text,
    c4.notice_rate,
    c4.code_marks,
    c4.markup_rate,
    c4.longest_ascii_run,
    fineweb.short_line_share,
    fineweb.lines_per_word,
    fineweb.stop_words,
    fineweb.stop_word_rate,
    fineweb.stop_word_rate_of_long,
    shape.menu_share,
    shape.phrase_clusters,
    words.n_words,
    words.mean_chars,
    words.letter_share,
    perplexity.bits_per_cluster,
    perplexity.rare_cluster_share,
    spam.gambling_rate,
    spam.adult_rate,
    keywords.listed_share,
    keywords.stuffed_share,
    keywords.address_rate,
    encoding.misread_share,
    machine.translated,
)
_DERIVED: Final[tuple[Derived, ...]] = (quality.readable,)


def name_of(score: Score | Derived) -> str:
    """The column of a score: its source and its name, as in `gopher_top_5gram_share`."""
    return f"{score.__module__.rpartition('.')[2]}_{score.__name__}"


SCORES: Final[dict[str, Score | Derived]] = {name_of(score): score for score in (*_FUNCTIONS, *_DERIVED)}


def score(texts: Texts) -> pa.Table:
    """A column for each of SCORES and a row for each text; NaN is stored as null."""
    return derive(score_texts(texts))


def score_texts(texts: Texts) -> pa.Table:
    """The scores that are computed from texts and their pages."""
    return pa.table(
        {name_of(function): pa.array(function(texts), from_pandas=True) for function in _FUNCTIONS}
    )


def derive(scores: pa.Table) -> pa.Table:
    """The scores with those that are computed from them, as well from stored attributes."""
    for function in _DERIVED:
        scores = scores.append_column(name_of(function), pa.array(function(scores), from_pandas=True))
    return scores
