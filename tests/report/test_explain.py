from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from corpus.document import document_id
from corpus.manifest import Manifest
from report import explain
from report.question import Question

URL = "https://news1.example.kh/article/1"


def told(toy: Any, **question: str) -> str:
    words = [f"run={toy.config.run}", f"runs={toy.config.runs}", *(f"{k}={v}" for k, v in question.items())]
    return "\n".join(explain.explain(Question.parse("report.explain", words)))


def test_a_kept_document_is_followed_to_its_tokens(toy: Any) -> None:
    story = told(toy, url=URL)
    lines = [line.split()[0] for line in story.splitlines() if not line.startswith(" ")]
    assert lines == ["url", "id", "title", "ingest", "clean", "dedup", "tokenizer"]
    assert "from crawl/warc/crawl-00000.warc.gz at 1,001" in story
    assert "robots: allowed; opt-outs: none" in story
    assert "khmer_khmer_share = 0.5083 (not_khmer if < 0.3)" in story
    for line in (
        "language km",
        "other lines in en",
        "the page states the licence CC0-1.0",
        "repaired: zwsp 7",
        "masked: email 1, phone 2",
    ):
        assert f"           {line}\n" in story
    assert "removed as of the host" not in story
    assert "tokens/train/part-00000.bin [" in story
    assert told(toy, id=document_id("web", URL)) == story


def test_a_url_is_found_in_its_canonical_form(toy: Any) -> None:
    assert told(toy, url="HTTPS://News1.example.kh:443/article/1") == told(toy, url=URL)


def test_a_dropped_document_names_rule_and_value(toy: Any) -> None:
    story = told(toy, url="https://news9.example.kh/article/9")
    assert "clean      dropped: too_short" in story
    assert "khmer_khmer_share < 0.3 (value 0.1)" in story
    assert "nearest benchmark item khmer.jsonl:7:answer" in story
    assert "dedup" not in story


def test_lines_removed_as_those_of_the_host_are_told(toy: Any) -> None:
    assert "removed as of the host: lines 2, chars 40\n" in told(
        toy, url="https://news5.example.kh/article/5"
    )


def test_a_copy_names_the_document_kept(toy: Any) -> None:
    story = told(toy, url="https://news8.example.kh/article/58")
    assert "dedup      dropped: near_duplicate" in story
    assert "similarity 0.900" in story
    assert "https://news0.example.kh/article/0" in story


def test_what_a_copy_costs_and_what_was_cut_is_told(toy: Any) -> None:
    stories = [told(toy, url=f"https://news{n % 10}.example.kh/article/{n}") for n in range(50, 60)]
    assert sum("facts that it has not: 2 numbers and dates, 0 places" in story for story in stories) == 1
    assert "passage of 300 characters left to" in told(toy, url="https://news0.example.kh/article/0")


def run_main(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as end:
        explain.main(words)
    said = capsys.readouterr()
    return int(end.value.code or 0), said.out, said.err


def test_an_unknown_url_gets_one_line_with_the_nearest(toy: Any, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run_main(
        capsys, "run=toy", f"runs={toy.config.runs}", "url=https://news1.example.kh/article/111"
    )
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "https://news1.example.kh/article/1" in err.partition("Nearest:")[2].split()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run=toy", "url=http://[bad/"), "no document with url=http://[bad/"),
        (("run=toy", "url=https://news1.example.kh:port/"), "no document with url=https://news1"),
        (("run=toy", "url=https://news1.example.kh/\udcff"), "expected UTF-8"),
        (("run=toy", "id=\ud800"), "expected UTF-8"),
        (("run=../toy", "url=x"), "run: got '../toy'"),
        (("run=..", "url=x"), "run: got '..'"),
        (("run=/toy", "url=x"), "run: got '/toy'"),
    ],
)
def test_odd_words_get_one_line(
    toy: Any, words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run_main(capsys, *words, f"runs={toy.config.runs}")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err


def test_a_run_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run_main(capsys, "run=none", f"runs={tmp_path}", "url=https://x.example/")
    assert code == 2
    assert "no stage of this run has finished" in err


SIGNAL = {"signal": "tdm-reservation", "evidence": "1", "forbids": "training"}


def warc_record(kind: str, url: str, block: bytes) -> bytes:
    head = f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-01-02T03:04:05Z\r\n"
    head += f"WARC-Record-ID: <urn:uuid:{len(url)}>\r\nContent-Length: {len(block)}\r\n\r\n"
    return gzip.compress(head.encode() + block + b"\r\n\r\n", mtime=0)


def test_what_the_warc_says(new_run: Any) -> None:
    refused = "https://news3.example.kh/private"
    note = {"decision": "dropped", "reason": "robots", "robots": "disallowed", "opt_outs": [SIGNAL]}
    first = warc_record("metadata", refused, json.dumps(note).encode())
    answer = warc_record("response", URL, b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>")
    new_run.crawl(warc=first + answer)
    new_run.ingest(position=len(first) - 1)  # of article 1
    story = told(new_run, url=refused)
    assert "fetch      dropped: robots" in story
    assert "robots: disallowed" in story
    assert "opt_outs: tdm-reservation forbids training (1)" in story
    assert told(new_run, url=refused.replace("https", "HTTPS")) == story.replace("https://", "HTTPS://", 1)
    assert "fetched 2026-01-02T03:04:05Z: HTTP/1.1 200 OK" in told(new_run, url=URL)


@pytest.mark.parametrize("content", [None, b"", b"\0" * 2000])
def test_an_input_file_that_is_gone_or_another_is_left_out_of_the_story(
    new_run: Any, tmp_path: Path, content: bytes | None
) -> None:
    new_run.ingest()
    file = tmp_path / "crawl/warc/crawl-00000.warc.gz"
    if content is not None:
        file.parent.mkdir(parents=True)
        file.write_bytes(content)
    manifest = Manifest.load(new_run.folder.child("ingest"))
    assert manifest is not None
    manifest.inputs[str(file)] = "7 bytes"
    manifest.save(new_run.folder.child("ingest"))
    story = told(new_run, url=URL)
    assert "ingest     kept" in story
    assert "fetch " not in story
