"""Pages with their settled text become documents: normalised, scored, masked and decided, a batch at a time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from clean.attributes import MASKED, PAGE_WORDS, REMOVED, REPAIRED, attribute_schema
from clean.config import CleanConfig
from clean.decide import decide
from clean.decontaminate.index import contamination, index_of
from clean.extract.tables import PAGE_FACTS, READ
from clean.language.khmer_script import UNKNOWN
from clean.language.labels import language_of, other_language_of
from clean.language.model import LANGUAGES
from clean.ngram.model import SHIPPED
from clean.personal import mask
from clean.personal.masking import Masked
from clean.scores import score
from clean.scores.texts import Texts
from clean.whitespace import tidy
from corpus.document import DOCUMENT, with_text
from corpus.task import Outcome
from khmer.normalize import Repaired, normalize, repair, repaired_anew
from khmer.rules import MINORITY, Options

SIZES: Final = ("n_chars", "n_bytes", "n_clusters")
HARMED: Final = {
    **dict.fromkeys(LANGUAGES[1:], MINORITY),
    # Perhaps a list of Khmer names: coeng ro is put in order, since both orders look the same.
    UNKNOWN: replace(MINORITY, coeng_ro=True),
}
"""The gentler rules for languages in Khmer script that those for Khmer would harm."""


def clean_pages(pages: pa.Table, config: CleanConfig, out: Outcome) -> pa.Table:
    """Write what is kept and dropped of SETTLED pages to `out`; their attributes, `attribute_schema()`.

    Personal data is masked in dropped documents too: people look at them. No score depends on it. A page that was not
    read, and a text too long to be cleaned, keep the size that they came with.
    """
    as_came = pages.select(DOCUMENT.names)
    out.read(as_came)
    over_limit = pc.max_element_wise(pc.subtract(pc.binary_length(pages["text"]), config.text_bytes), 0)
    too_long = pc.greater(over_limit, 0)
    unread = pc.fill_null(pc.not_equal(pages["page_outcome"], READ), fill_value=False)
    untouched = pc.or_(too_long, unread)

    extracted = _rewritten(_described(as_came), pages["text"], untouched)
    out.edited("extract", as_came, extracted)

    texts = pc.if_else(too_long, "", pages["text"])
    repaired = repair(texts, Options(coeng_da=config.coeng_da))
    languages, repaired = _by_language(repaired, texts, pages)
    normal = _rewritten(extracted, tidy(repaired.texts), untouched)
    out.edited("normalise", extracted, normal)

    model = Path(config.perplexity_model) if config.perplexity_model else SHIPPED
    given = Texts(normal, pages.select(PAGE_FACTS.names), model)
    scores = score(given)
    held = contamination(given.units, index_of(config.benchmarks))

    masked = mask(normal["text"])
    documents = _rewritten(normal, masked.texts, untouched)
    out.edited("mask", normal, documents)

    columns = {name: pages[name] for name in ("id", "source", *PAGE_WORDS, *REMOVED)}
    columns |= languages | dict(zip(scores.column_names, scores.columns, strict=True))
    columns |= {"contamination_share": pa.array(held.share), "contamination_item": held.item}
    columns |= {"size_over_limit": pc.cast(over_limit, pa.int64())} | _repairs(repaired) | _masks(masked)
    attributes = pa.table({name: columns[name] for name in attribute_schema().names}, attribute_schema())

    decisions = decide(attributes, config.rules)
    documents = _with_whole_text(documents, pages["text"], too_long)
    dropped = pc.invert(decisions.kept)
    out.keep(_chosen(documents, decisions.kept))
    out.drop(_chosen(documents, dropped), *(column.filter(dropped) for column in decisions))
    return attributes


def _chosen(documents: pa.Table, chosen: pa.Array) -> pa.Table:
    """The chosen documents; all of them without a copy, which of one huge text would be another."""
    return documents if pc.all(chosen).as_py() else documents.filter(chosen)


def _repairs(repaired: Repaired) -> dict[str, pa.Array]:
    return dict(zip(REPAIRED, map(pa.array, repaired.by_group().values()), strict=True))


def _masks(masked: Masked) -> dict[str, pa.Array]:
    return {**dict(zip(MASKED, map(pa.array, masked.counted.T), strict=True)), "personal": masked.spans}


def _by_language(repaired: Repaired, texts: Any, pages: pa.Table) -> tuple[dict[str, pa.Array], Repaired]:
    """Each text's language, and the texts in languages that the rules for Khmer would harm repaired by gentler ones."""
    labelled = Texts(pages.set_column(pages.schema.get_field_index("text"), "text", repaired.texts), pages)
    language, other = language_of(labelled), other_language_of(labelled)
    for tag, options in HARMED.items():
        rows = pc.equal(language, tag).to_numpy(zero_copy_only=False)
        repaired = repaired_anew(repaired, texts, rows, options)
    return {"language": language, "other_language": other}, repaired


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
    whole = texts if pc.all(too_long).as_py() else pc.if_else(too_long, texts, documents["text"])
    return documents.set_column(
        documents.schema.get_field_index("text"), documents.schema.field("text"), whole
    )
