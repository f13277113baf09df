"""Token shards: flat uint16 ids to be memory-mapped, with every document's place in them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import numpy as np
import pyarrow as pa
import sentencepiece

from corpus.document import DOCUMENT
from corpus.shards import ShardWriter, read_batches
from corpus.task import Task
from tokenizer.config import TokenizerConfig
from tokenizer.learn import EOS
from tokenizer.members import read_members
from tokenizer.sample import Split, split_of

PLACES = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("url", pa.string()),
        pa.field("source", pa.string(), nullable=False),
        pa.field("start", pa.int64(), nullable=False),  # position of its first token in the shard
        pa.field("n_tokens", pa.int64(), nullable=False),  # with the end token
        pa.field("n_bytes", pa.int64(), nullable=False),
        pa.field("n_members", pa.int32(), nullable=False),  # of its duplicate cluster; 1 = no duplicates
    ]
)
MODEL = "tokenizer/sastra.model"


class SplitWriter:
    """One split's token file and its table of places, for one task."""

    def __init__(self, task: Task[TokenizerConfig], split: Split, stack: ExitStack) -> None:
        path = f"tokens/{split}/{task.name}"
        self._tokens = stack.enter_context(task.create(f"{path}.bin"))
        self._places = stack.enter_context(ShardWriter(task.create(f"{path}.parquet"), PLACES))
        self.n_tokens = 0

    def write(self, documents: pa.Table, ids: list[list[int]]) -> None:
        """Append documents and their token ids; each gets the end token."""
        lengths = np.array([len(tokens) + 1 for tokens in ids], np.int64)
        flat = np.fromiter((token for tokens in ids for token in (*tokens, EOS)), "<u2", lengths.sum())
        self._tokens.write(flat.tobytes())
        starts = self.n_tokens + np.cumsum(lengths) - lengths
        columns = {"start": starts, "n_tokens": lengths}
        self._places.write(
            pa.table(
                {f.name: columns[f.name] if f.name in columns else documents[f.name] for f in PLACES}, PLACES
            )
        )
        self.n_tokens += int(lengths.sum())


def encode_shard(task: Task[TokenizerConfig]) -> dict[str, int]:
    """Write the tokens of one shard of documents, and count them exactly."""
    processor = sentencepiece.SentencePieceProcessor(model_proto=task.folder.read(MODEL))
    n_members, start = read_members(task.folder, task.name), 0
    with ExitStack() as stack:
        writers: dict[Split, SplitWriter] = {
            "train": SplitWriter(task, "train", stack),
            "validation": SplitWriter(task, "validation", stack),
        }
        for table in read_batches(task.source, DOCUMENT):
            task.read(table)
            members = pa.array(n_members[start : start + len(table)])
            start += len(table)
            known = table.append_column(PLACES.field("n_members"), members)
            for split, part in _parts(known, task.config.validation_share):
                ids = processor.encode(part["text"].to_pylist())
                writers[split].write(part, ids)
                counted = part.append_column(
                    "n_tokens", pa.array([len(tokens) + 1 for tokens in ids], pa.int64())
                )
                task.ledger.add_table(counted, "kept")
    return {f"{split}_tokens": writer.n_tokens for split, writer in writers.items()}


def _parts(table: pa.Table, validation_share: float) -> Iterator[tuple[Split, pa.Table]]:
    sides = np.array([split_of(i, validation_share) == "validation" for i in table["id"].to_pylist()], bool)
    for split, chosen in (("train", ~sides), ("validation", sides)):
        if chosen.any():
            yield split, table.filter(pa.array(chosen))  # type: ignore[misc]
