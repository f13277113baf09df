"""Samples: even over all sources, the two sides apart, the same whatever the order."""

from __future__ import annotations

import pytest

from corpus.document import DOCUMENT, document_id, documents_table
from corpus.paths import Folder
from corpus.shards import ShardWriter
from tokenizer.sample import held_out, lines_to_learn, split_of

N = 2000


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = Folder(str(tmp_path_factory.mktemp("shards")))
    paths = []
    for source in ("a", "b"):
        origin = {"file": source, "position": 0}
        same = {"source": source, "licence": "CC0-1.0", "origin": origin, "n_bytes": 0}
        rows = [
            {"id": document_id(source, str(i)), "text": f"{source}{i}\n\nបន្ទាត់", **same} for i in range(N)
        ]
        with ShardWriter(folder.create(f"{source}.parquet"), DOCUMENT) as writer:
            writer.write(documents_table(rows))
        paths.append(folder.at(f"{source}.parquet"))
    return paths


def test_what_is_held_out_is_spread_over_the_sources_and_never_learnt_from(shards: list[str]) -> None:
    held = held_out(shards, 0.2, 100)
    assert len(held) == 100
    assert 25 < sum(text.startswith("a") for text in held) < 75
    assert set(held_out(shards[::-1], 0.2, 100)) == set(held)
    learnt = set(lines_to_learn(shards, 0.2, 1.0))
    assert learnt.isdisjoint(text.partition("\n")[0] for text in held_out(shards, 0.2, 10 * N))


def test_the_share_to_learn_from_is_kept(shards: list[str]) -> None:
    n_lines = sum(1 for _ in lines_to_learn(shards, 0.1, 0.25))
    assert n_lines == pytest.approx(2 * 2 * N * 0.9 * 0.25, rel=0.15)


def test_a_side_depends_on_the_id_alone() -> None:
    assert split_of("00000000" + "f" * 24, 0.005) == "validation"
    assert split_of("ffffffff" + "0" * 24, 0.5) == "train"
    assert split_of("00000000" + "0" * 24, 0) == "train"
