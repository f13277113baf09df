"""`python -m demo COMMAND …`: the embedded web, replayed WARC files, and the pipeline run over them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from corpus.cli import fail
from corpus.errors import ConfigurationError, SastraError
from demo.replay import Replay
from demo.run import run_demo, run_real
from demo.score import score
from demo.server import Hosts, listen
from demo.web import SEEDS, build_web

USAGE = """usage: python -m demo COMMAND
  run [run=demo] [key=value …]          crawl the embedded web and take it through every stage
  real data=DIR [run=real] [key=value …]  the same for a folder with web/*.warc.gz and corpus/*
  score [run=demo] [runs=runs]          hold a run against the truth; exit 1 where too little is right
  truth                                 what must become of every URL, as JSON lines
  serve [port=8080]                     serve the embedded web on loopback until interrupted
  replay FILE… [port=8080]              serve WARC files on loopback until interrupted"""


def main(words: Sequence[str]) -> None:
    """Do as the words say."""
    command, rest = (words[0], words[1:]) if words else ("help", [])
    action = COMMANDS.get(command)
    if action is None:
        print(USAGE)
        sys.exit(0 if command in ("help", "-h", "--help") else 2)
    try:
        action(rest)
    except SastraError as error:
        fail(f"demo {command}: {error}", error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)


def _value(words: Sequence[str], name: str, default: str) -> str:
    given = [word.partition("=")[2] for word in words if word.startswith(f"{name}=")]
    return given[-1] if given else default


def _options(words: Sequence[str], name: str) -> list[str]:
    """The stages' options: as given, with the run and the recipe called `name` unless told otherwise."""
    own = [word for word in words if not word.startswith("data=")]
    given = {word.partition("=")[0] for word in own}
    return [*(f"{key}={name}" for key in ("run", "recipe") if key not in given), *own]


def _run(words: Sequence[str]) -> None:
    run_demo(_options(words, "demo"))


def _real(words: Sequence[str]) -> None:
    data = Path(_value(words, "data", ""))
    if not data.is_dir() or data == Path():
        msg = f"data: got {str(data)!r}; expected a folder with web/*.warc.gz and corpus/*. Try: data=/path/to/data"
        raise ConfigurationError(msg)
    run_real(data, _options(words, "real"))


def _score(words: Sequence[str]) -> None:
    run = Path(_value(words, "runs", "runs")) / _value(words, "run", "demo")
    found = score(build_web(), run)
    print("\n".join(found.lines()))
    sys.exit(0 if found.passes else 1)


def _truth(_words: Sequence[str]) -> None:
    for page in build_web().pages.values():
        print(page.truth.json())


def _serve(words: Sequence[str]) -> None:
    asyncio.run(_forever(build_web(), _port(words), SEEDS))


def _replay(words: Sequence[str]) -> None:
    paths = [Path(word) for word in words if "=" not in word]
    missing = [path for path in paths if not path.is_file()]
    if missing or not paths:
        msg = f"replay: got {str(missing[0]) if missing else 'no file'!r}; expected WARC files"
        raise ConfigurationError(msg)
    replay = Replay(paths)
    asyncio.run(_forever(replay, _port(words), replay.seeds))


def _port(words: Sequence[str]) -> int:
    port = _value(words, "port", "8080")
    if not port.isdecimal() or int(port) >= 1 << 16:
        msg = f"port: got {port!r}; expected a number below 65536"
        raise ConfigurationError(msg)
    return int(port)


async def _forever(web: Hosts, port: int, seeds: Sequence[str]) -> None:
    server = await listen(web, port)
    host, bound = server.sockets[0].getsockname()
    print(f"serving on {host}:{bound}, to be crawled with resolve=['*={host}:{bound}'] from")
    print("\n".join(seeds), flush=True)
    async with server:
        await server.serve_forever()


COMMANDS: dict[str, Callable[[Sequence[str]], None]] = {
    "run": _run,
    "real": _real,
    "score": _score,
    "truth": _truth,
    "serve": _serve,
    "replay": _replay,
}

if __name__ == "__main__":
    main(sys.argv[1:])
