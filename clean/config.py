"""What the cleaning stage is told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from clean.attributes import decisive_names
from clean.decide import Rule, check_rules
from clean.decontaminate.benchmarks import Benchmark, check_benchmarks
from clean.ngram.model import loaded
from corpus.errors import ConfigurationError
from corpus.stage import StageConfig, option

UNCLEANED = "size_over_limit"
EXTRACTORS = ("blocks", "trafilatura")
MOST = {"page_bytes": 1 << 30, "page_seconds": 86_400, "page_memory": 1 << 40, "text_bytes": 1 << 30}


@dataclass
class CleanConfig(StageConfig):
    """How pages are read, what they may cost, and what drops a document."""

    extractor: str = option("blocks", f"what finds the main text of a page: {', '.join(EXTRACTORS)}")
    page_bytes: int = option(8 << 20, "bytes of a page beyond which it is not parsed")
    page_seconds: float = option(20.0, "seconds for a page; the process that reads it is ended after them")
    page_memory: int = option(
        1 << 30, "bytes that reading a page may take; the process is ended that takes more"
    )
    text_bytes: int = option(
        16 << 20,
        "UTF-8 bytes beyond which a text is not cleaned; the rule on size_over_limit drops it as it came",
    )
    coeng_da: bool = option(True, "write coeng da, which looks the same as coeng ta, as coeng ta")  # noqa: FBT003
    perplexity_model: str = option(
        "",
        "n-gram model of clean text, from `python -m clean.learn.perplexity`; empty: the one that is shipped",
    )
    benchmarks: list[Benchmark] = option(
        [], "files whose items no document may hold, each with path (jsonl, txt, or these as .zst) and fields"
    )
    rules: list[Rule] = option([], "what drops a document, in order; each with score, reason, above or below")


def check(config: CleanConfig) -> None:
    """Refuse an unknown extractor, limits that nothing can meet, benchmarks without items and rules without a score."""
    if config.extractor not in EXTRACTORS:
        msg = f"extractor: got {config.extractor!r}; expected one of {', '.join(EXTRACTORS)}. Try: extractor=blocks"
        raise ConfigurationError(msg)
    if config.extractor == "trafilatura":
        from clean.extract.trafilatura_text import check_trafilatura

        check_trafilatura()
    for name, most in MOST.items():
        if not 0 < getattr(config, name) <= most:
            msg = f"{name}: got {getattr(config, name)}; expected more than 0, at most {most}. Try: without {name}"
            raise ConfigurationError(msg)
    if config.perplexity_model:
        loaded(Path(config.perplexity_model))
    check_benchmarks(config.benchmarks)
    check_rules(config.rules, decisive_names())
    if not any(rule.score == UNCLEANED for rule in config.rules):
        remedy = "rules=[…, {score: size_over_limit, above: 0, reason: too_large}]"
        why = "or texts over text_bytes would be kept uncleaned"
        msg = f"rules: none is about {UNCLEANED}; expected one, {why}. Try: {remedy}"
        raise ConfigurationError(msg)
