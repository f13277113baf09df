"""A reservation of rights found in a policy file, a header or a page, and the values in which it is stated."""

from __future__ import annotations

from typing import Literal, NamedTuple

Forbidden = Literal["training", "following", "indexing", "images"]

EVIDENCE_CHARS = 200
# Content-Signal's label and that of AIPREF's vocabulary, then those of its earlier drafts, which sites still use.
TRAINING = ("ai-train", "train-ai")
EARLIER = ("train-genai", "genai", "ai", "tdm", "bots")
REFUSED, GRANTED = ("no", "n"), ("yes", "y")


class Signal(NamedTuple):
    """A reservation found: its canonical name, the text that states it, and what it forbids."""

    name: str
    evidence: str
    forbids: Forbidden


def signal(name: str, evidence: str, forbids: Forbidden = "training") -> Signal:
    """A signal with its evidence on one line, as much as is kept of it."""
    return Signal(name, " ".join(evidence[: 4 * EVIDENCE_CHARS].split())[:EVIDENCE_CHARS], forbids)


def reservation(value: str) -> str:
    """`1` or `0` as tdm-reservation states it; any other value leaves it unset (TDMRep, tdm-reservation)."""
    value = value.strip().lower()
    return {"1": "1", "true": "1", "0": "0", "false": "0"}.get(value, "")


def refused_usage(stated: str) -> str:
    """The refusal to train that a Content-Signal or Content-Usage states, such as `ai-train=no`; else empty."""
    usages = _usages(stated)
    if any(usages.get(label) in GRANTED for label in TRAINING):
        return ""
    for label in (*TRAINING, *EARLIER):
        if usages.get(label) in REFUSED:
            return f"{label}={usages[label]}"
    return ""


def allows_training(stated: str) -> bool:
    """Whether it states that training is allowed."""
    usages = _usages(stated)
    return any(usages.get(label) in GRANTED for label in (*TRAINING, *EARLIER))


def _usages(stated: str) -> dict[str, str]:
    """Label and value of each member, without parameters; of one label the last (RFC 9651, 4.2.2), in small letters.

    Stricter than that: what would make a parser of structured fields give up is passed over.
    """
    members = (member.partition(";")[0].partition("=") for member in stated.lower().split(","))
    return {label.strip(): value.strip() for label, _, value in members}
