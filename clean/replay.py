"""`python -m clean.replay run=NAME`: what the configured rules would do, from stored scores alone.

Thresholds can so be tried out in seconds: `python -m clean.replay run=web rules.7.above=2`.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence

import pyarrow as pa

from clean.decide import Decisions, decide
from clean.stage import STAGE, CleanConfig, attribute_schema, check
from corpus.cli import configure, fail
from corpus.errors import ConfigurationError, SastraError
from corpus.manifest import Manifest
from corpus.shards import read_batches
from corpus.stage import run_folder

KEPT = "kept"


def replay(config: CleanConfig) -> tuple[pa.Table, Decisions]:
    """The scores of a finished run, and what the rules of `config` make of them."""
    folder = run_folder(config).child(STAGE.name)
    manifest = Manifest.load(folder)
    if manifest is None:
        msg = f"{folder.uri}: the stage 'clean' has not finished. Try: {STAGE.command} run={config.run}"
        raise ConfigurationError(msg)
    shards = manifest.shards(folder, "attributes")
    batches = [batch for uri in shards for batch in read_batches(uri, attribute_schema())]
    scores = pa.concat_tables(batches) if batches else attribute_schema().empty_table()
    return scores, decide(scores, config.rules)


def table(decisions: Decisions) -> str:
    """How many documents each reason takes, and how many stay."""
    counts = Counter(reason or KEPT for reason in decisions.reason.to_pylist())
    return "\n".join(f"{reason:16s} {count:>12,}" for reason, count in counts.most_common())


def main(words: Sequence[str]) -> None:
    """Print the table for a run and a configuration."""
    try:
        config = configure(STAGE, words)
        check(config)
        print(table(replay(config)[1]))  # noqa: T201 (a command line)
    except SastraError as error:
        fail(str(error), error.exit_code)


if __name__ == "__main__":
    main(sys.argv[1:])
