"""Single gzip members of Common Crawl's WARC files: taken as they stand, once they are what the index says."""

from __future__ import annotations

import hashlib
import re
from base64 import b32encode
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, NamedTuple
from urllib.parse import quote

from crawl.sources.compressed import DAMAGE, PIECE_BYTES, Fault, gzip_member
from crawl.sources.http import split_head
from crawl.sources.warc import WarcRecord, next_member, parse_member
from crawl.warc import metadata_member

UNNAMED = "about:blank"
TOO_LARGE = "a record of more than"
_CONTROLS = re.compile(r"[\x00-\x20\x7f]")


class Taken(NamedTuple):
    """What is written of a record: members, and why not the record itself, if so, with the evidence.

    `is_given` tells whether the archive gave what it was asked for, whatever that proved to be.
    """

    members: bytes
    reason: str = ""
    evidence: str = ""
    is_given: bool = True


def taken(raw: bytes, row: Mapping[str, Any], max_bytes: int) -> Taken:
    """A record's member with its origin before it; of one that is not what `row` of the index says, that alone."""
    record, fault = _record(raw, max_bytes)
    if record is None:
        return refused(row, "damaged", fault)
    if record.kind != "response" or record.url != row["url"]:
        return refused(row, "other_record", f"a {record.kind} of {record.url}")
    digest = _digest(split_head(record.block)[1])
    own = record.headers.get("warc-payload-digest", "").removeprefix("sha1:")
    if row["digest"] and row["digest"].removeprefix("sha1:") not in (digest, own):
        return refused(row, "wrong_digest", f"{digest}, not {row['digest']} as the index states")
    return kept(raw, row)


def kept(raw: bytes, row: Mapping[str, Any]) -> Taken:
    """A record's member with its origin before it."""
    evidence = {"decision": "kept", "kind": "page", "commoncrawl": origin(row)}
    return Taken(metadata_member(_storable(row["url"]), evidence) + raw)


def refused(row: Mapping[str, Any], reason: str, evidence: str) -> Taken:
    """What is told of a record that could not be taken."""
    noted = {"decision": "dropped", "reason": reason, "evidence": evidence[:300], "commoncrawl": origin(row)}
    return Taken(metadata_member(_storable(row["url"]) or UNNAMED, noted), reason, evidence)


def withheld(row: Mapping[str, Any], reason: str, evidence: str) -> Taken:
    """What is told of a record that the archive did not give."""
    return refused(row, reason, evidence)._replace(is_given=False)


def _storable(url: str) -> str:
    """A URL as a header can hold it, whatever an index says."""
    return _CONTROLS.sub(lambda found: quote(found[0]), url)


def origin(row: Mapping[str, Any]) -> dict[str, Any]:
    """Where a record stands in Common Crawl."""
    names = ("crawl", "file", "offset", "length", "digest", "languages")
    return {name: row[name] for name in names if row.get(name) not in (None, "")}


def _record(raw: bytes, max_bytes: int) -> tuple[WarcRecord | None, str]:
    """The one record of the one member that the bytes are, and else what is wrong with them."""
    member = gzip_member()
    try:
        plain = member.decompress(raw, max_bytes + 1)
    except DAMAGE as error:
        return None, f"damaged: {error}"
    if len(plain) > max_bytes:
        return None, f"more than {max_bytes:,} bytes"
    if not member.eof or member.unused_data:
        return None, "bytes beyond one gzip member" if member.eof else "the gzip member is cut"
    records = list(parse_member(plain, max_bytes))
    if len(records) != 1 or records[0].fault:
        return None, records[0].fault if records else "no record"
    return records[0], ""


def _digest(body: bytes) -> str:
    return b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()


class Member(NamedTuple):
    """A gzip member in a file: where it begins and ends, its bytes as they stand, and unpacked."""

    position: int
    end: int
    raw: bytes
    plain: bytes


def members(file: BinaryIO, position: int, max_bytes: int, faults: list[Fault]) -> Iterator[Member]:
    """The members from `position` on, in order; a damaged or too large one goes into `faults` and is passed over."""
    start: int | None = position
    held = b""
    while start is not None:
        file.seek(start + len(held))
        held = held or file.read(PIECE_BYTES)
        if not held:
            return
        raw, plain, rest, fault = _unpacked(file, held, max_bytes)
        if fault:
            faults.append(Fault(start, fault))
            start, held = next_member(file, start + 1), b""
            continue
        end = start + len(raw)
        yield Member(start, end, raw, plain)
        start, held = end, rest


def _unpacked(file: BinaryIO, data: bytes, max_bytes: int) -> tuple[bytes, bytes, bytes, str]:
    """A member's bytes, unpacked, what was read beyond it, and what is wrong with it."""
    member, raw, plain = gzip_member(), bytearray(), bytearray()
    try:
        while not member.eof:
            if not data and member.needs_input:
                data = file.read(PIECE_BYTES)
                if not data:
                    return b"", b"", b"", "truncated: the file ends within compressed data"
            plain += member.decompress(data, max_bytes + 1 - len(plain))
            raw += data
            data = b""
            if len(plain) > max_bytes or len(raw) > max_bytes + PIECE_BYTES:
                return b"", b"", b"", f"{TOO_LARGE} {max_bytes:,} bytes"
    except DAMAGE as error:
        return b"", b"", b"", f"damaged: {error}"
    rest = member.unused_data
    return bytes(raw[: len(raw) - len(rest)]), bytes(plain), rest, ""
