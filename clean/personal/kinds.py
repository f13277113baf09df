"""The kinds of personal data, and the placeholder that stands for each in a masked text."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple


class Kind(StrEnum):
    """What stood there. The value is the word in the placeholder and in the stored spans."""

    EMAIL = "email"
    PHONE = "phone"
    ID = "id"  # national identity card
    PASSPORT = "passport"
    BIRTH = "birth"  # a date under the label that forms use, not a birthday told in a sentence
    ACCOUNT = "account"  # bank or wallet
    CARD = "card"  # payment card
    PLATE = "plate"  # of a vehicle
    HANDLE = "handle"  # of a person or page on a social network
    PAYMENT = "payment"  # Bakong: name@bank
    IP = "ip"


class Span(NamedTuple):
    """`text[start:end]`, in code points, is of a kind."""

    start: int
    end: int
    kind: Kind


# Short, typed and in no other use: a tokenizer can hold each as one piece, a reader sees what stood there.
PLACEHOLDERS: Final = {kind: f"⟨{kind}⟩" for kind in Kind}
