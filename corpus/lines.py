"""Lines of text files, plain or compressed, on any file system."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

from corpus.errors import ConfigurationError
from corpus.paths import resolve


def lines_of(uri: str) -> Iterator[str]:
    r"""The lines of a file of UTF-8, of zstd frames where its name ends in `.zst`; they end at "\n" alone, left out.

    Raises ConfigurationError naming the file, and the line of bytes that are not UTF-8.
    """
    for number, line in enumerate(_lines(uri), start=1):
        try:
            yield line.removesuffix(b"\n").decode("utf-8")
        except UnicodeDecodeError as error:
            msg = f"{uri}:{number}: {error}; expected UTF-8. Try: iconv -t UTF-8"
            raise ConfigurationError(msg) from error


def _lines(uri: str) -> Iterator[bytes]:
    filesystem, path = resolve(uri)
    compression = "zstd" if path.endswith(".zst") else None
    try:
        with filesystem.open_input_stream(path, compression=compression) as file:
            yield from io.BufferedReader(file)
    except FileNotFoundError as error:
        msg = f"{uri}: no such file. Try: a path from the folder of the project, or an address"
        raise ConfigurationError(msg) from error
    except OSError as error:
        what = "expected a file that can be read, of whole zstd frames where its name ends in .zst"
        msg = f"{uri}: {error}; {what}. Try: another copy of it"
        raise ConfigurationError(msg) from error


def rows_of(uri: str) -> Iterator[dict[str, Any]]:
    """The objects of a file of JSON lines, in order; empty lines count for nothing.

    Raises ConfigurationError naming the file and the line that holds no object.
    """
    for number, line in enumerate(lines_of(uri), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            msg = f"{uri}:{number}: {error}; expected a JSON object. Try: a file of JSON lines, an object a line"
            raise ConfigurationError(msg) from error
        if not isinstance(row, dict):
            msg = f"{uri}:{number}: got {type(row).__name__}; expected a JSON object. Try: an object a line"
            raise ConfigurationError(msg)
        yield row
