"""The front door of the commands that learn."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from clean import learn

COMMANDS = {
    "blocks": [],
    "language": ["khmer.jsonl"],
    "machine": [],
    "perplexity": ["to=model"],
    "quality": [],
}


def test_every_command_is_named_and_tested() -> None:
    modules = {path.stem for path in Path(learn.__path__[0]).glob("*.py")}
    assert {name for name in modules if hasattr(import_module(f"clean.learn.{name}"), "main")} == set(
        COMMANDS
    )
    assert all(f"\n`{name}` " in str(learn.__doc__) for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("words", [[], ["--help"], ["a", "-h"]])
def test_the_usage_is_what_the_module_says(
    name: str, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    module = import_module(f"clean.learn.{name}")
    module.main(words)
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == (f"{module.__doc__}\n", "")
    assert f"python -m clean.learn.{name} " in shown.out


@pytest.mark.parametrize("name", COMMANDS)
def test_a_missing_file_is_one_line_with_a_remedy(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as exit_:
        import_module(f"clean.learn.{name}").main(["nowhere.jsonl", *COMMANDS[name]])
    told = capsys.readouterr().err
    assert exit_.value.code == 2
    assert told.startswith("nowhere.jsonl: no such file")
    assert "Try: " in told
    assert told.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["blocks", "machine"])
def test_one_file_is_one(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        import_module(f"clean.learn.{name}").main(["a", "b"])
    assert exit_.value.code == 2
    assert f"got 2 files; expected one. Try: python -m clean.learn.{name} --help" in capsys.readouterr().err
