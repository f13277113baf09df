"""E-mail addresses, Bakong ids, names on social networks and IP addresses in folded text.

Every pattern is bounded and starts only where a run of its letters starts, so that the time is linear in the text.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Final

from clean.personal.kinds import Kind, Span

_LOCAL: Final = r"(?<![a-z0-9._%+\-])[a-z0-9._%+\-]{1,256}"
_TLD: Final = r"(?!(?:png|jpe?g|gif|svg|webp|css|js|php|html?)\b)[a-z]{2,24}"
_DOMAIN: Final = rf"(?:[a-z0-9\-]{{1,63}}\.){{1,8}}{_TLD}(?![a-z0-9\-])"
# Mail that Cambodians use, named where blanks or words stand for @ and the dot.
_PROVIDER: Final = (
    "(?:gmail|yahoo|ymail|hotmail|outlook|live|icloud|online|camintel|everyday|mail|proton(?:mail)?)"
)
_AT: Final = r"(?: ?[\[({] ?(?:at|@) ?[\])}] ?)"
_DOT: Final = r"(?: ?[\[({] ?(?:dot|\.) ?[\])}] ?| dot )"
_LABEL: Final = r"[a-z0-9\-]{1,63}"
_ACCOUNT_LIKE: Final = r"(?=(?<![a-z0-9._%+\-])[a-z][a-z%+\-]{0,64}[0-9._][a-z0-9])"  # no word of a sentence
_EMAILS: Final = tuple(
    map(
        re.compile,
        (
            f"{_LOCAL}@{_DOMAIN}",
            rf"{_LOCAL}(?: ?@ ?|{_AT}){_PROVIDER} ?\. ?(?:com?|net|org)(?:\.[a-z]{{2}})?(?![a-z0-9])",
            rf"{_ACCOUNT_LIKE}{_LOCAL}(?: @|@ )(?!www\.){_DOMAIN}",
            rf"{_LOCAL}{_AT}(?:{_LABEL}(?:\.|{_DOT})){{1,4}}[a-z]{{2,10}}(?![a-z0-9])",
            rf"{_LOCAL}(?:@| at )(?:{_LABEL}{_DOT}){{1,4}}[a-z]{{2,10}}(?![a-z0-9])",
        ),
    )
)
_SPELT: Final = re.compile(r"@|[\[({] ?at ?[\])}]|[ \])}]dot[ \[({]")

# Short names by which members of the Bakong system are addressed (National Bank of Cambodia), and their kin.
_BANKS: Final = (
    "abaa?|acle?d?a?|aclb|acledabank|wing|bkrt|devb|bakong|nbcb?|ftcc|ftbb?|cadi|canadia|ppcb|ppcbank|bred|cpbl|cpbank|"
    "hatt(?:ha)?|hkbc|sthp|spnb?|sathapana|pras(?:ac)?|kbpr|kbps|amkb?|amret|amrt|lolc|tmny?|truemoney|tmcm|pipay|"
    "emny|emoney|chip|chipmong|cmbk|vatt|vattanac|mayb|maybank|wooribank|woor|jtrb|phlp|pplm|shbk|shin|ardb|asia|orbk"
)
_PAYMENT: Final = re.compile(rf"{_LOCAL}@(?:{_BANKS})(?![a-z0-9\-])(?!\.[a-z0-9])")
_ADDRESSED: Final = re.compile(
    rf"(?:bakong|khqr|បាគង)[^@\n]{{0,40}}?({_LOCAL}@[a-z]{{3,12}})(?![a-z0-9\-])(?!\.[a-z0-9])"
)

_NOT_NAMES: Final = (
    "media|import|param|return|override|charset|font|keyframes|supports|namespace|include|deprecated|author|throws|"
    "section|extend|mixin|gmail|yahoo|hotmail|outlook|everyone|here|home|work"
)
_HANDLE: Final = re.compile(
    rf"(?<![a-z0-9_@./+\-=])@(?!(?:{_NOT_NAMES})\b)[a-z][a-z0-9_.]{{3,254}}[a-z0-9_](?![a-z0-9_])"
)
_HOST_TAIL: Final = re.compile(r"\.(?:com|net|org|info|kh|edu|gov)$")

_NETWORK: Final = (
    r"(?:facebook\.com|fb\.com|fb\.me|m\.me|messenger\.com|t\.me|telegram\.(?:me|dog)|instagram\.com|twitter\.com|"
    r"x\.com|tiktok\.com|youtube\.com(?=/@)|wa\.me|line\.me)"
)
_URL_TEXT: Final = r"[^\s\x00,;|<>\"'\u1780-\u17ff⟨⟩]"
_LINK: Final = re.compile(rf"(?<![a-z0-9_\-])(?:[a-z0-9\-]{{1,30}}\.){{0,2}}{_NETWORK}/({_URL_TEXT}+)")
_CLOSING: Final = "/.:!?)]}»”’*"
_NUMBERED: Final = re.compile(r"[?&]id=\d")
# First parts of paths that lead to what a network offers, to shared things or to groups, and to no one.
_PLACES: Final = re.compile(
    r"about|ads|business|c|channel|download|embed(?:\.js)?|events|explore|gaming|groups|hashtag|help|home|i|intent|"
    r"joinchat|legal|live|login|marketplace|media|p|photos?|playlist|plugins|policies|privacy|reels?|results|s|"
    r"search|settings|share|sharer|shorts|status|stories|story|tag|terms|ti|tr|tv|videos?|watch|addstickers|\+.*|"
    r".*(?:\.php|[%=&])"
)
_BEFORE_NAME: Final = frozenset(("people", "pages", "pg", "public", "@", "#!", "profile"))
_PHONE_LINK: Final = re.compile(r"\+?\d{8,15}(?!\d)")

_URL: Final = re.compile(
    rf"(?:(?:https?|ftp)://|(?<![a-z0-9])www\.){_URL_TEXT}+"
    rf"|(?<![a-z0-9@.\-])(?:[a-z0-9\-]{{1,63}}\.){{1,4}}[a-z]{{2,10}}/{_URL_TEXT}*",
)

_OCTET: Final = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_IPV4: Final = re.compile(rf"(?<![a-z0-9.\-])(?:{_OCTET}\.){{3}}{_OCTET}(?![a-z0-9]|\.\d)")
# All public addresses lie in 2000::/3.
_IPV6: Final = re.compile(r"(?<![a-z0-9:.])[23][0-9a-f]{3}(?::[0-9a-f]{0,4}){2,7}(?![a-z0-9:]|\.\d)")
_IP_CONTEXT: Final = re.compile(r"(?<![a-z])(?:ipv?[46]?|ping|host|server|proxy|dns)(?![a-z])|អាយភី|ម៉ាស៊ីនបម្រើ")
_IP_REACH: Final = 40
_DOCUMENTATION: Final = tuple(
    map(ipaddress.ip_network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"))
)
_VERSION: Final = re.compile(
    r"(?:v|ver|version|កំណែ|ជំនាន់|chrome|firefox|windows|android|ios|build)[ .:/]{0,3}$"
)
_LONG: Final = 3  # digits
_LONG_OCTETS: Final = 2  # in an address that nothing announces


def emails(text: str) -> Iterator[Span]:
    """Addresses, also with blanks around the @ and with words in its place.

    The domain ends in letters, so that a package at a version is none.
    """
    for pattern in _EMAILS if _SPELT.search(text) else ():
        yield from (Span(*found.span(), Kind.EMAIL) for found in pattern.finditer(text))


def payments(text: str) -> Iterator[Span]:
    """Bakong ids: a name at a bank without a dot; of banks not listed, only where Bakong is named before."""
    yield from (Span(*found.span(), Kind.PAYMENT) for found in _PAYMENT.finditer(text))
    yield from (Span(*found.span(1), Kind.PAYMENT) for found in _ADDRESSED.finditer(text))


def handles(text: str) -> Iterator[Span]:
    """@names of at least five letters (the fewest that Telegram allows) that are no words of style sheets or code."""
    for found in _HANDLE.finditer(text):
        if not _HOST_TAIL.search(found[0]):
            yield Span(*found.span(), Kind.HANDLE)


def links(text: str) -> Iterator[Span]:
    """What follows the host of a social network, where it names a person or page; a number in wa.me is a phone.

    Pages of firms and of people look alike: both are masked. Groups, events and shared posts are not people.
    """
    for found in _LINK.finditer(text):
        start, path = found.start(1), found[1].rstrip(_CLOSING)
        if found[0].startswith("wa.me") and _PHONE_LINK.match(path):
            yield Span(start, start + len(path), Kind.PHONE)
        elif _names_someone(path):
            yield Span(start, start + len(path), Kind.HANDLE)


def _names_someone(path: str) -> bool:
    parts = [part for part in path.split("?", 1)[0].split("/") if part]
    while len(parts) > 1 and parts[0] in _BEFORE_NAME:
        del parts[0]
    if not parts or _NUMBERED.search(path):
        return bool(_NUMBERED.search(path))
    return not _PLACES.fullmatch(parts[0])


def urls(text: str) -> Iterator[tuple[int, int]]:
    """The spans of URLs, also of those without a scheme that have a path."""
    if "/" in text or "www." in text:
        yield from (found.span() for found in _URL.finditer(text))


def addresses(text: str) -> Iterator[Span]:
    """IP addresses, but for private, loopback and such ranges, which lead to no one from outside.

    Documentation ranges are masked: they stand where somebody's address would. An IPv4 address needs a word that
    announces it, or two octets of three digits, as sections and versions are written the same way; all of three
    digits is an amount.
    """
    for found in _IPV4.finditer(text):
        if _is_public(found[0]) and _is_announced(text, found):
            yield Span(*found.span(), Kind.IP)
    for found in _IPV6.finditer(text):
        if _is_public(found[0]):
            yield Span(*found.span(), Kind.IP)


def _is_public(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return address.is_global or any(address in network for network in _DOCUMENTATION)


def _is_announced(text: str, found: re.Match[str]) -> bool:
    before = text[max(found.start() - _IP_REACH, 0) : found.start()]
    if _IP_CONTEXT.search(before):
        return True
    octets = found[0].split(".")
    is_amount = all(len(octet) == _LONG for octet in octets[1:])  # thousands are put apart by dots
    long_octets = sum(len(octet) == _LONG for octet in octets)
    return long_octets >= _LONG_OCTETS and not is_amount and not _VERSION.search(before)
