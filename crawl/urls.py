"""URLs as the frontier knows them: absolute, without what only tracks, one key for one page."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import lru_cache
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import xxhash

MAX_CHARS = 2083  # what browsers of the 2000s took; longer ones are made by machines for machines
DEFAULT_PORTS = {"http": 80, "https": 443}
TRACKING = re.compile(r"(^|&)(utm_[a-z]+|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|_ga|yclid)=[^&]*", re.I)
FILES = re.compile(  # links to what holds no text
    r"\.(?:7z|aac|apk|avi|avif|bmp|css|dmg|eot|exe|flac|flv|gif|gz|ico|iso|jpe?g|js|m4[av]|mkv|mov|mp[34]|mpe?g|msi|"
    r"ogg|otf|png|rar|svg|swf|tar|tiff?|ttf|wav|web[mp]|wm[av]|woff2?|zip)$",
    re.I,
)
_SAFE = "/%:@!$&'()*+,;=~-._?[]|"
_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")
_SPACES = re.compile(r"[\t\n\r]")


@lru_cache(maxsize=1 << 16)  # menus repeat the same links on every page of a host
def clean_url(base: str, reference: str) -> str:
    """The absolute http(s) URL that `reference` names on a page at `base`; empty where it names none.

    Without fragment, user name, default port and tracking parameters; the host in lower case and ASCII.
    """
    try:
        parts = urlsplit(urljoin(base, _SPACES.sub("", reference.strip())))
        host, port = parts.hostname or "", parts.port
        ascii_host = host if host.isascii() else host.encode("idna").decode()
    except ValueError:
        return ""
    if parts.scheme not in DEFAULT_PORTS or not ascii_host:
        return ""
    netloc = f"[{ascii_host}]" if ":" in ascii_host else ascii_host
    if port and port != DEFAULT_PORTS[parts.scheme]:
        netloc = f"{netloc}:{port}"
    query = TRACKING.sub("", parts.query).lstrip("&") if parts.query else ""
    return urlunsplit((parts.scheme, netloc, _quoted(parts.path) or "/", _quoted(query), ""))


def _quoted(part: str) -> str:
    """With escapes where they are needed, in capitals."""
    escaped = quote(part, safe=_SAFE)
    return _ESCAPE.sub(lambda match: match[0].upper(), escaped) if "%" in escaped else escaped


def url_key(url: str) -> int:
    """A signed 64-bit hash of a clean URL, equal for those that differ only in the order of their query."""
    page, mark, query = url.partition("?")
    ordered = "&".join(sorted(query.split("&")))
    return xxhash.xxh3_64_intdigest(f"{page}{mark}{ordered}".encode("utf-8", "surrogatepass")) - (1 << 63)


def host_of(url: str) -> str:
    """The host name, without port."""
    return urlsplit(url).hostname or ""


def origin_of(url: str) -> str:
    """Scheme, host and port: what one robots.txt speaks for."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{re.split('[/?#]', rest, maxsplit=1)[0]}"


def names_host(pattern: str, host: str) -> bool:
    """Whether a pattern such as `khmer.test` or `*.khmer.test` names the host."""
    return fnmatchcase(host, pattern.lower())


def unwanted(url: str) -> str:
    """Why a link is not worth following, else an empty string."""
    if len(url) > MAX_CHARS:
        return "url_too_long"
    return "not_text" if FILES.search(urlsplit(url).path) else ""
