"""URLs as the frontier knows them: absolute, without what only tracks, one key for one page."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import lru_cache
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import xxhash

MAX_CHARS = 2083  # what browsers of the 2000s took; longer ones are made by machines for machines
CACHED_CHARS = 400  # longer ones are rare, and many of them would fill the memory
DEFAULT_PORTS = {"http": 80, "https": 443}
TRACKING = re.compile(
    r"(^|[&;])(?:utm_\w++|fbclid|gclid|dclid|gbraid|wbraid|msclkid|mc_[ce]id|igshid|_ga|_gl|yclid|ref_src|"
    r"PHPSESSID|ASPSESSIONID\w*+|jsessionid|CFID|CFTOKEN|sessionid|session_id|sess_id|sid(?==[0-9a-f]{16,}))=[^&;]*+",
    re.I,
)
_PATH_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;]*+", re.I)
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?|jsp)$")
FILES = re.compile(  # links to what holds no text
    r"\.(?:7z|aac|apk|avi|avif|bmp|css|dmg|eot|exe|flac|flv|gif|gz|ico|iso|jpe?g|js|m4[av]|mkv|mov|mp[34]|mpe?g|msi|"
    r"ogg|otf|png|rar|svg|swf|tar|tiff?|ttf|wav|web[mp]|wm[av]|woff2?|zip)$",
    re.I,
)
_SAFE = "/%:@!$&'()*+,;=~-._?[]|"
_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_IGNORED = re.compile(r"[\t\n\r]")
_ENDS = "".join(map(chr, range(33)))  # white space and control characters, which browsers take off
_HOST = re.compile(r"(?!.{254})(?:[a-z0-9_-]{1,63}\.)*+[a-z0-9_-]{1,63}|[0-9a-f]*+:[0-9a-f:.]++")
_PLAIN = re.compile(r"(?:/(?!\.)(?:[\w.~-]|%[89A-F][0-9A-F])++)++/?+|/", re.A)  # nothing in it to be cleaned
_SLASHES = re.compile(r"(?<!:)//++")


def clean_url(base: str, reference: str) -> str:
    """The absolute http(s) URL that `reference` names on a page at `base`; empty where it names none.

    Without fragment, user name, default port, session and tracking parameters; the host in lower case and ASCII.
    """
    origin = _clean_origin(base)
    at = len(origin) if reference.startswith(origin) else 0
    if origin and _PLAIN.fullmatch(reference, at) and len(reference) <= MAX_CHARS:
        return reference if at else origin + reference
    if len(reference) > 2 * MAX_CHARS:
        return ""
    reference = reference.strip(_ENDS)
    if reference[:8].lower().startswith(("http://", "https://")):
        base = ""
    elif reference[:1] == "/" and reference[1:2] not in ("/", "\\"):
        base = origin  # so that the menu of a site is looked up, not worked out again on every page
    find = _cached if len(base) + len(reference) <= CACHED_CHARS else _cleaned
    return find(base, reference)


def link_url(base: str, reference: str) -> str:
    """The page that a link names: `clean_url`, where a directory's index is the directory."""
    url = clean_url(base, reference)
    return _INDEX.sub("/", url) if "/index." in url or "/default." in url else url


def _cleaned(base: str, reference: str) -> str:
    try:
        parts = urlsplit(urljoin(base, _IGNORED.sub("", reference.replace("\\", "/"))))
        port = parts.port
        host = _ascii_host(parts.hostname or "")
        path = _SLASHES.sub("/", _PATH_SESSION.sub("", parts.path))
        query = TRACKING.sub("", parts.query).lstrip("&;") if parts.query else ""
        path, query = _quoted(path), _quoted(query)
    except ValueError:
        return ""
    if parts.scheme not in DEFAULT_PORTS or not host or port == 0:
        return ""
    netloc = f"[{host}]" if ":" in host else host
    if port and port != DEFAULT_PORTS[parts.scheme]:
        netloc = f"{netloc}:{port}"
    return urlunsplit((parts.scheme, netloc, path or "/", query, ""))


_cached = lru_cache(maxsize=1 << 13)(_cleaned)


@lru_cache(maxsize=1 << 10)
def _clean_origin(base: str) -> str:
    return _cleaned("", f"{origin_of(base)}/").removesuffix("/") if "://" in base else ""


def _ascii_host(host: str) -> str:
    """A host name as DNS knows it; empty for what is none."""
    if not host.isascii():
        host = host.encode("idna").decode().lower()
    host = host.removesuffix(".")
    return host if _HOST.fullmatch(host) else ""


def _quoted(part: str) -> str:
    """With escapes where they are needed, in capitals (RFC 3986, 6.2.2)."""
    escaped = quote(part, safe=_SAFE)
    return _ESCAPE.sub(_escape, escaped) if "%" in escaped else escaped


def _escape(match: re.Match[str]) -> str:
    character = chr(int(match[0][1:], 16))
    return character if character in _UNRESERVED else match[0].upper()


def url_key(url: str) -> int:
    """A signed 64-bit hash of a clean URL, equal for those that differ only in the order of their query."""
    if "&" in url:
        page, mark, query = url.partition("?")
        url = page + mark + "&".join(sorted(query.split("&")))
    return xxhash.xxh3_64_intdigest(url.encode("utf-8", "surrogatepass")) - (1 << 63)


def host_of(url: str) -> str:
    """The host name, without port."""
    return urlsplit(url).hostname or ""


def bare_host(url: str) -> str:
    """The host without `www.`: sites name their pages under the one name and the other."""
    return host_of(url).removeprefix("www.")


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
