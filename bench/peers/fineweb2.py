"""FineWeb2's filters for Khmer as datatrove runs them: JSON lines with id and text in, one JSON object out.

Runs in the peers' environment. Source: fineweb-2-pipeline.py, step 5, and configs/khm_Khmr.yml of
huggingface/fineweb-2 (d0defb2); words by khmer-nltk, as datatrove assigns it to khm_Khmr. A document is segmented
once: datatrove keeps the words of the last five texts.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any, Final

from datatrove.data import Document
from datatrove.pipeline.filters import (
    FineWebQualityFilter,
    GopherQualityFilter,
    GopherRepetitionFilter,
)
from datatrove.utils.text import split_into_words

LANGUAGE: Final = "khm_Khmr"
STOP_WORDS: Final = [
    "មាន",
    "បាន",
    "ដែល",
    "ជា",
    "និង",
    "នៅ",
    "របស់",
    "ក្នុង",
    "ថា",
    "នេះ",
    "នៃ",
    "ហើយ",
    "ទៅ",
    "ដោយ",
]


def filters() -> list[Any]:
    """The three filters, in order, with the thresholds of the Khmer configuration."""
    repetition = GopherRepetitionFilter(
        language=LANGUAGE,
        dup_para_frac=0,
        dup_line_char_frac=0,
        dup_para_char_frac=0,
        dup_line_frac=0.917,
        top_n_grams=[(2, 0.594), (3, 0.523), (4, 0.438)],
        dup_n_grams=[(5, 0.175), (6, 0.16), (7, 0.148), (8, 0.135), (9, 0.121), (10, 0.109)],
    )
    fineweb = FineWebQualityFilter(
        language=LANGUAGE,
        short_line_thr=999,
        char_duplicates_ratio=0.1,
        line_punct_thr=0.0,
        new_line_ratio=0.361,
    )
    quality = GopherQualityFilter(
        language=LANGUAGE,
        max_avg_word_length=13,
        min_avg_word_length=2,
        stop_words=STOP_WORDS,
        max_non_alpha_words_ratio=0.905,
        min_stop_words=2,
    )
    return [repetition, fineweb, quality]


def reason_of(document: Document, chain: list[Any]) -> str | None:
    """Why the first filter that drops a document does so; None where all keep it.

    `crash` where a filter raises, as datatrove's do on a text of blanks; a run of datatrove would end there.
    """
    for step in chain:
        try:
            verdict = step.filter(document)
        except (ArithmeticError, AssertionError, LookupError):
            return "crash"
        if verdict is not True:
            return str(verdict[1])
    return None


def main() -> None:
    """Print `{"reasons": {id: reason or null}, "cpu_seconds": …}`; loading the model is not counted."""
    documents = [Document(text=row["text"], id=str(row["id"])) for row in map(json.loads, sys.stdin.buffer)]
    chain = filters()
    split_into_words("សាលារៀន", LANGUAGE)
    started = time.process_time()
    reasons = {document.id: reason_of(document, chain) for document in documents}
    print(json.dumps({"reasons": reasons, "cpu_seconds": time.process_time() - started}))


if __name__ == "__main__":
    main()
