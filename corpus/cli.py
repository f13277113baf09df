"""The shape of every stage's command line: `python -m <stage> run=NAME key=value …`."""

from __future__ import annotations

import errno
import os
import re
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import MISSING as NO_DEFAULT
from dataclasses import fields
from multiprocessing import resource_tracker
from typing import Any, NoReturn, TypeVar

import yaml

from corpus.errors import ConfigurationError, SastraError, StageError
from corpus.manifest import HOUSE, Manifest
from corpus.stage import Stage, StageConfig, execute, run_folder

C = TypeVar("C", bound=StageConfig)

CONFIGS = HOUSE / "configs"


def main(stage: Stage[Any], arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a stage from its command line and exit.

    0: done; 1: could not go on; 2: impossible configuration; 130 and 143: interrupted and terminated.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    if {"-h", "--help", "help"} & set(words):
        _write(help_text(stage), sys.stdout)
        sys.exit(0)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        started = time.monotonic()
        config = configure(stage, words)
        manifest, worked = execute(stage, config)
        seconds = time.monotonic() - started if worked else None
        _write("\n".join([stage.told(manifest), summary(manifest, config, seconds)]).lstrip("\n"), sys.stdout)
        sys.exit(0)
    except SastraError as error:
        fail(str(error), error.exit_code)
    except OSError as error:
        if error.errno not in UNWRITABLE:
            raise
        at = f" {error.filename}" if error.filename else ""
        fail(f"{stage.name}: cannot write{at}: {os.strerror(error.errno or 0)}. {KEPT}", StageError.exit_code)
    except KeyboardInterrupt as interrupt:
        _end(
            f"{stage.name}: interrupted. {KEPT}", int(interrupt.args[0]) if interrupt.args else signal.SIGINT
        )


UNWRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO}


def _interrupt(number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt(number)


def _end(message: str, number: int) -> NoReturn:
    """Leave at once: an orderly exit would wait for the workers' tasks, but they end with this process.

    multiprocessing's resource tracker would report the semaphores that they shared; it is ended first.
    """
    tracker = getattr(resource_tracker, "_resource_tracker", None)
    if tracker is not None and tracker._pid is not None:  # noqa: SLF001 (no public way)
        os.kill(tracker._pid, signal.SIGKILL)  # noqa: SLF001
    _write(message, sys.stderr)
    os._exit(128 + number)


KEPT = "Finished shards are kept. Try: the same command again goes on from them"


def fail(message: str, exit_code: int) -> NoReturn:
    """Write one line to standard error and exit."""
    _write(" ".join(message.split()), sys.stderr)
    sys.exit(exit_code)


def _write(text: str, stream: Any) -> None:
    stream.write(text.rstrip("\n") + "\n")
    stream.flush()


def configure(stage: Stage[C], words: Sequence[str]) -> C:
    """The stage's config: its schema, then configs/<stage>.yaml, then the recipe's part, then `words`.

    Raises ConfigurationError, in one line, for a misspelt key, a wrong type or a missing value.
    """
    from hydra import compose, initialize_config_dir
    from hydra.core.config_store import ConfigStore
    from hydra.errors import HydraException
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    recipe, overrides = _split_recipe(words)
    known = {f.name for f in fields(stage.config)}
    if odd := [word for word in overrides if _option_of(word) not in known]:
        expected = "expected option=value with an option of this stage"
        msg = f"{stage.name}: got {odd[0]!r}; {expected}. Try: {stage.command} --help"
        raise ConfigurationError(msg)
    overrides = [*_recipe_overrides(stage.name, recipe), *overrides]
    ConfigStore.instance().store(name=f"{stage.name}_schema", node=stage.config)
    try:
        with initialize_config_dir(version_base=None, config_dir=str(CONFIGS)):
            composed = compose(config_name=stage.name, overrides=overrides)
        return OmegaConf.to_object(composed)  # type: ignore[return-value]
    except (HydraException, OmegaConfBaseException) as error:
        msg = f"{stage.name}: {_first_lines(error)}. Try: {stage.command} --help"
        raise ConfigurationError(msg) from error


def _option_of(word: str) -> str:
    """The option that an override is about: `licences` of `+licences.X=CC0-1.0`, which adds an entry."""
    return re.split("[.=@]", word.lstrip("+"), maxsplit=1)[0]


def _first_lines(error: BaseException) -> str:
    """What Hydra says in its first line, with the cause where it is kept apart."""
    texts = [
        str(e).strip().splitlines()[0] for e in (error, error.__cause__) if e is not None and str(e).strip()
    ]
    return "; ".join(dict.fromkeys(texts)).rstrip(".")


def _split_recipe(words: Sequence[str]) -> tuple[str | None, list[str]]:
    recipes = [word.partition("=")[2] for word in words if word.startswith("recipe=")]
    return (recipes[-1] if recipes else None), [word for word in words if not word.startswith("recipe=")]


def _recipe_overrides(stage: str, recipe: str | None) -> list[str]:
    if recipe is None:
        return []
    paths = {path.stem: path for path in sorted((CONFIGS / "recipes").glob("*.yaml"))}
    if recipe not in paths:
        msg = (
            f"recipe: got {recipe!r}; expected one of {', '.join(paths)}. Try: recipe={next(iter(paths), '')}"
        )
        raise ConfigurationError(msg)
    try:
        values = yaml.safe_load(paths[recipe].read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        msg = f"{paths[recipe]}: not YAML: {error}"
        raise ConfigurationError(msg) from error
    stages = {path.stem for path in CONFIGS.glob("*.yaml")}
    wrong = [key for key in values if key not in stages] if isinstance(values, dict) else [values]
    if wrong or not isinstance(values.get(stage) or {}, dict):
        got = wrong[0] if wrong else values[stage]
        what = "expected options below the name of a stage"
        msg = f"{paths[recipe]}: got {got!r}; {what}. Try: {stage}: {{option: value}}"
        raise ConfigurationError(msg)
    return list(_flat(values.get(stage) or {}))


def _flat(values: dict[str, Any]) -> Iterator[str]:
    """Values as Hydra's overrides; those of a mapping join what it holds already."""
    for key, value in values.items():
        yield f"{'+' if isinstance(value, dict) else ''}{key}={_quoted(value)}"


def _quoted(value: Any) -> str:
    """A value in Hydra's override grammar."""
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace("'", "\\'")
        return f"'{escaped}'"
    if isinstance(value, list):
        return f"[{','.join(map(_quoted, value))}]"
    if isinstance(value, dict):
        return "{" + ",".join(f"{key}:{_quoted(item)}" for key, item in value.items()) + "}"
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def help_text(stage: Stage[Any]) -> str:
    """Usage, and every option with its type, default and meaning."""
    lines = [f"usage: {stage.command} run=NAME [recipe=NAME] [option=value …]", "", "options:"]
    for f in fields(stage.config):
        default = f.default_factory() if f.default_factory is not NO_DEFAULT else f.default
        shown = "required" if default == "???" else f"default {default!r}"
        lines.append(f"  {f.name} ({f.type}; {shown})\n      {f.metadata.get('help', '')}")
    recipes = ", ".join(sorted(path.stem for path in (CONFIGS / "recipes").glob("*.yaml")))
    lines += [
        "",
        f"recipes: {recipes}",
        f"values: configs/{stage.name}.yaml, then the recipe, then the command line",
    ]
    return "\n".join(lines)


def summary(manifest: Manifest, config: StageConfig, seconds: float | None) -> str:
    """What became of the documents, in one line."""
    books = manifest.books()
    came, kept, dropped = (books.total(fate).documents for fate in ("in", "kept", "dropped"))
    folder = run_folder(config).child(manifest.stage).uri
    counts = f"{came:,} documents in, {kept:,} kept, {dropped:,} dropped" if came else "done"
    took = f"{seconds:.1f} s" if seconds is not None else "nothing to do"
    return f"{manifest.stage}: {counts} ({took}) → {folder}"
