"""How the crawler says who it is."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, version

from corpus.errors import ConfigurationError

AGENT = "SastraBot"  # the product token that robots.txt groups address (RFC 9309, 2.2.1)
_CONTACT = re.compile(r"https?://[^\s()]+|(mailto:)?[^\s()@]+@[^\s()@]+\.[^\s()@]+")


def user_agent(contact: str) -> str:
    """The User-Agent header: who fetches, and where its owner can be reached.

    Raises ConfigurationError without a contact: nobody crawls anonymously.
    """
    if not _CONTACT.fullmatch(contact):
        msg = (
            f"contact: got {contact!r}; expected the address at which a site's owner reaches you. "
            "Try: contact=mailto:you@example.org"
        )
        raise ConfigurationError(msg)
    return f"{AGENT}/{_version()} (+{contact})"


def _version() -> str:
    try:
        return version("sastra")
    except PackageNotFoundError:  # the folder is used as it stands, not installed
        return "0"
