"""Pages with their settled text become documents: normalised, scored, masked and decided, a batch at a time."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from clean.config import CleanConfig
from clean.decide import decide
from clean.decontaminate.index import contamination, index_of
from clean.extract.page import READ
from clean.extract.tables import PAGE_FACTS
from clean.language.labels import language_of, other_language_of
from clean.personal import Kind, mask
from clean.personal.masking import SPANS
from clean.scores import score
from clean.scores.texts import Texts
from clean.whitespace import tidy
from corpus.document import DOCUMENT, with_text
from corpus.task import Outcome
from khmer.normalize import Repaired, normalize, repair, repaired_anew
from khmer.rules import GROUPS, MINORITY, Options

SIZES: Final = ("n_chars", "n_bytes", "n_clusters")
REPAIRED: Final = tuple(f"repaired_{name}" for name in GROUPS)
MASKED: Final = tuple(f"masked_{kind}" for kind in Kind)
HARMED: Final = ("brb", "cmo", "jra", "pi", "sa", "und-Khmr")
"""Languages in Khmer script that the rules for Khmer would harm."""

PAGE_WORDS: Final = ("page_language", "page_canonical_url", "page_licence", "page_licence_place")
"""What a page says of itself, beyond the columns of a document."""

REMOVED: Final = ("page_host_lines", "page_host_chars")
"""Lines repeated on a host, and their characters."""


def clean_pages(pages: pa.Table, config: CleanConfig, out: Outcome) -> pa.Table:
    """Write what is kept and dropped of SETTLED pages to `out`; their attributes, in the columns of ATTRIBUTES.

    Personal data is masked in dropped documents too: people look at them. No score depends on it. A page that was not
    read, and a text too long to be cleaned, keep the size that they came with.
    """
    as_came = pages.select(DOCUMENT.names)
    out.read(as_came)
    sizes = pc.binary_length(pages["text"])
    too_long = pc.greater(sizes, config.text_bytes)
    unread = pc.fill_null(pc.not_equal(pages["page_outcome"], READ), fill_value=False)
    untouched = pc.or_(too_long, unread)

    extracted = _rewritten(_described(as_came), pages["text"], untouched)
    out.edited("extract", as_came, extracted)

    texts = pc.if_else(too_long, "", pages["text"])
    repaired = repair(texts, options_of(config))
    languages, repaired = _by_language(repaired, texts, pages)
    normal = _rewritten(extracted, tidy(repaired.texts), untouched)
    out.edited("normalise", extracted, normal)

    given = Texts(normal, pages.select(PAGE_FACTS.names))
    scores = score(given)
    held = contamination(given.units, index_of(config.benchmarks))
    scores = scores.append_column("size_bytes", pc.cast(sizes, pa.int64()))
    scores = scores.append_column("contamination_share", pa.array(held.share))

    masked = mask(normal["text"])
    documents = _rewritten(normal, masked.texts, untouched)
    out.edited("mask", normal, documents)

    decisions = decide(scores, config.rules)
    documents = _with_whole_text(documents, pages["text"], too_long)
    out.keep(documents.filter(decisions.kept))
    dropped = pc.invert(decisions.kept)
    out.drop(documents.filter(dropped), *(column.filter(dropped) for column in decisions))
    return _attributes(
        documents, pages, scores, {**languages, "contamination_item": held.item}, repaired, masked
    )


def options_of(config: CleanConfig) -> Options:
    """How Khmer is normalised."""
    return Options(coeng_da=config.coeng_da)


def _by_language(repaired: Repaired, texts: Any, pages: pa.Table) -> tuple[dict[str, pa.Array], Repaired]:
    """Each text's language, and the texts in languages that the rules for Khmer would harm repaired by gentler ones."""
    labelled = Texts(pages.set_column(pages.schema.get_field_index("text"), "text", repaired.texts), pages)
    language, other = language_of(labelled), other_language_of(labelled)
    harmed = pc.is_in(language, pa.array(HARMED)).to_numpy(zero_copy_only=False)
    return {"language": language, "other_language": other}, repaired_anew(repaired, texts, harmed, MINORITY)


def _described(documents: pa.Table) -> pa.Table:
    """The documents with title and author in canonical Khmer and masked."""
    for name in ("title", "author"):
        column = mask(tidy(normalize(documents[name]))).texts
        field = documents.schema.field(name)
        documents = documents.set_column(
            documents.schema.get_field_index(name), field, column.cast(field.type)
        )
    return documents


def _rewritten(documents: pa.Table, texts: Any, untouched: Any) -> pa.Table:
    """The documents with other texts, measured anew; those of `untouched` rows keep the size they came with."""
    after = with_text(documents, texts)
    for name in SIZES:
        column = pc.if_else(untouched, documents[name], after[name])
        after = after.set_column(after.schema.get_field_index(name), after.schema.field(name), column)
    return after


def _with_whole_text(documents: pa.Table, texts: Any, too_long: Any) -> pa.Table:
    """The documents with the whole text, as it came, of those too long to be cleaned."""
    whole = pc.if_else(too_long, texts, documents["text"])
    return documents.set_column(
        documents.schema.get_field_index("text"), documents.schema.field("text"), whole
    )


def _attributes(
    documents: pa.Table,
    pages: pa.Table,
    scores: pa.Table,
    words: dict[str, Any],
    repaired: Repaired,
    masked: Any,
) -> pa.Table:
    columns = {name: documents[name] for name in ("id", "source")}
    columns |= words
    columns |= {name: pages[name] for name in (*PAGE_WORDS, *REMOVED)}
    columns |= dict(zip(scores.column_names, scores.columns, strict=True))
    columns |= dict(zip(REPAIRED, map(pa.array, repaired.by_group().values()), strict=True))
    columns |= dict(zip(MASKED, map(pa.array, masked.counted.T), strict=True))
    columns["personal"] = masked.spans
    return pa.table({name: columns[name] for name in attribute_schema().names}, attribute_schema())


@cache
def decisive_names() -> tuple[str, ...]:
    """The attributes that rules may decide by."""
    return tuple(
        f.name for f in attribute_schema() if pa.types.is_floating(f.type) or pa.types.is_integer(f.type)
    )


@cache
def attribute_schema() -> pa.Schema:
    """The columns of attributes/: id, source and language, what the page says of itself, scores, repairs, masks."""
    nothing = Texts(DOCUMENT.empty_table(), PAGE_FACTS.empty_table())
    words = ("language", "other_language", "contamination_item", *PAGE_WORDS)
    return pa.schema(
        [
            *(DOCUMENT.field(name) for name in ("id", "source")),
            *((name, pa.string()) for name in words),
            *((name, pa.int64()) for name in REMOVED),
            ("size_bytes", pa.int64()),
            *score(nothing).schema,
            ("contamination_share", pa.float64()),
            *((name, pa.int64()) for name in (*REPAIRED, *MASKED)),
            ("personal", SPANS),
        ]
    )
