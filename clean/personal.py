"""E-mail addresses and Cambodian telephone numbers, replaced by ⟨email⟩ and ⟨phone⟩.

The placeholders are short, typed and in no other use, so that a tokenizer can hold each as one piece and a reader
sees what stood there. Texts are normalised before: no zero-width character hides inside a number.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Integers = NDArray[np.int64]

EMAIL_PLACEHOLDER: Final = "⟨email⟩"
PHONE_PLACEHOLDER: Final = "⟨phone⟩"

EMAIL: Final = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+"
)
# Mobile operators and provinces (numbering plan of the Telecommunication Regulator of Cambodia).
AREA: Final = "(?:1[0-8]|2[3-6]|3[1-68]|4[2-4]|5[2-5]|6[0-9]|7[0-9]|8[013-9]|9[0235-9])"
GAP: Final = r"(?:[ .\-–]|\s-\s)"
# The seven or six digits of a subscriber, in the groups that people write; longer shapes first.
SHAPES: Final = ("7", "34", "43", "16", "322", "232", "223", "133", "1222", "6", "33", "42", "24", "222")
SUBSCRIBER: Final = "(?:" + "|".join(GAP.join(rf"\d{{{n}}}" for n in shape) for shape in SHAPES) + ")"
COUNTRY: Final = rf"(?:(?:\(?(?:\+|00)\s?855\)?|\(855\)){GAP}{{0,2}}\(?0?\)?)"
PHONE: Final = re.compile(
    r"(?<![A-Za-z0-9_+=#&])(?<!\d[.,\-])(?<!ISBN )(?<!ISBN: )"
    rf"(?:{COUNTRY}|855(?=\d{{8,9}}(?!\d))|\(?0){AREA}\)?{GAP}{{0,2}}{SUBSCRIBER}(?![A-Za-z\d])(?![.,\-]\d)"
)
ASCII_DIGITS: Final = str.maketrans("០១២៣៤៥៦៧៨៩", "0123456789")
CANDIDATE: Final = r"@|[0-9០-៩](?:[ .\-–()]{0,3}[0-9០-៩]){7}"


class Masked(NamedTuple):
    """Texts with placeholders, and how many of each kind every text has got, `(n,) int64`."""

    texts: pa.LargeStringArray
    emails: Integers
    phones: Integers


def mask(texts: pa.Array | pa.ChunkedArray) -> Masked:
    """The texts with personal data masked; only those with an @ or eight digits in a row are looked into."""
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    emails, phones = np.zeros(len(texts), np.int64), np.zeros(len(texts), np.int64)
    suspected = pc.match_substring_regex(texts, CANDIDATE)
    positions = np.flatnonzero(suspected.to_numpy(zero_copy_only=False))
    replaced = []
    for position, text in zip(positions, texts.filter(suspected).to_pylist(), strict=True):
        masked, emails[position], phones[position] = mask_text(text)
        replaced.append(masked)
    if replaced:
        texts = pc.replace_with_mask(texts, suspected, pa.array(replaced, texts.type))
    return Masked(texts, emails, phones)


def mask_text(text: str) -> tuple[str, int, int]:
    """One text with personal data masked, and the numbers of e-mail addresses and telephone numbers."""
    text, emails = EMAIL.subn(EMAIL_PLACEHOLDER, text)
    folded = text.translate(ASCII_DIGITS)  # of equal length, so that spans carry over
    parts, end, phones = [], 0, 0
    for found in PHONE.finditer(folded):
        parts += [text[end : found.start()], PHONE_PLACEHOLDER]
        end = found.end()
        phones += 1
    return "".join([*parts, text[end:]]), emails, phones
