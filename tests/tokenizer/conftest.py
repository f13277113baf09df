"""A small tokenizer learnt from the demo's own articles."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from sentencepiece import sentencepiece_model_pb2 as pb

from khmer.codepoints import CLUSTER
from tokenizer.alphabet import Alphabet
from tokenizer.learn import learn

ARTICLES = sorted((Path(__file__).resolve().parents[2] / "demo" / "articles").glob("*.md"))


@pytest.fixture(scope="session")
def articles() -> list[str]:
    return [path.read_text(encoding="utf-8").split("---\n", 2)[2].strip() for path in ARTICLES]


@pytest.fixture(scope="session")
def alphabet(articles: list[str]) -> Alphabet:
    return Alphabet.choose(Counter(m[0] for text in articles for m in CLUSTER.finditer(text)), 2)


@pytest.fixture(scope="session")
def model(articles: list[str], alphabet: Alphabet) -> pb.ModelProto:
    lines = (line for text in articles[5:] for line in text.split("\n") if line)
    return learn(lines, alphabet, 4096)
