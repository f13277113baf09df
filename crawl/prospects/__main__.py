"""How far the registered datasets reach toward the target: `python -m crawl.prospects [run=NAME] …`."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from corpus.cli import fail
from corpus.errors import ConfigurationError, SastraError
from corpus.manifest import HOUSE
from corpus.paths import Folder
from corpus.stage import check_run_name
from crawl.prospects.estimate import make_plan
from crawl.prospects.evidence import Evidence, assumed
from crawl.prospects.shown import as_json, lines
from crawl.registry.entries import chosen, entries
from crawl.seeds.table import read_seeds

WORDS = "[run=NAME] [runs=FOLDER] [registry=[NAME,NAME]] [tokenizer=NAME] [target=2000000000] [json=FILE]"
SEEDS = HOUSE / "crawl" / "seeds" / "khmer.tsv"
KEYS = ("run", "runs", "registry", "tokenizer", "target", "json")


def main(words: Sequence[str]) -> NoReturn:
    """Show the plan and exit; 2 for words that it does not know."""
    if {"-h", "--help", "help"} & set(words):
        print(f"usage: python -m crawl.prospects {WORDS}")
        sys.exit(0)
    try:
        given = _given(words)
        evidence = Evidence(_run(given))
        names = [name for name in given.get("registry", "").strip("[]").split(",") if name] or list(entries())
        n_seeds = sum(seed.is_crawled for seed in read_seeds(str(SEEDS)))
        plan = make_plan(chosen(names), evidence, given.get("tokenizer", ""), _target(given), n_seeds)
        if "json" in given:
            text = json.dumps(as_json(plan), ensure_ascii=False, indent=1, sort_keys=True)
            _write(given["json"], f"{text}\n")
    except SastraError as error:
        fail(str(error), error.exit_code)
    print("\n".join(lines(plan)))
    sys.exit(0)


def _write(path: str, text: str) -> None:
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        msg = f"json: {path!r} cannot be written ({error.strerror}). Try: json=plan.json"
        raise ConfigurationError(msg) from error


def _given(words: Sequence[str]) -> dict[str, str]:
    given = dict(word.partition("=")[::2] for word in words)
    if unknown := [key for key in given if key not in KEYS]:
        msg = f"prospects: got {unknown[0]!r}; expected {WORDS}"
        raise ConfigurationError(msg)
    named = given.get("tokenizer", "")
    if named and named not in assumed()["tokenizers"]:
        msg = f"tokenizer: got {named!r}; expected one of {', '.join(assumed()['tokenizers'])}"
        raise ConfigurationError(msg)
    return given


def _run(given: dict[str, str]) -> Folder | None:
    if not given.get("run"):
        return None
    check_run_name(given["run"])
    folder = Folder(given.get("runs", "runs")).child(given["run"])
    if not folder.exists():
        msg = f"run: {folder.uri}: no such run. Try: without run=, on assumptions alone"
        raise ConfigurationError(msg)
    return folder


def _target(given: dict[str, str]) -> int:
    text = given.get("target", "2000000000").replace("_", "")
    if not (text.isascii() and text.isdecimal()) or int(text) < 1:
        msg = f"target: got {text!r}; expected a number of tokens. Try: target=2000000000"
        raise ConfigurationError(msg)
    return int(text)


if __name__ == "__main__":
    main(sys.argv[1:])
