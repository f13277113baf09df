import json

import pytest

from demo.__main__ import main


def code_of(words):
    with pytest.raises(SystemExit) as ended:
        main(words)
    return ended.value.code


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["sing"], 2, "usage: python -m demo"),
        (["--help"], 0, "usage: python -m demo"),
        (["real", "data=/nowhere"], 2, "data: got '/nowhere'"),
        (["real"], 2, "expected a folder"),
        (["replay", "missing.warc.gz"], 2, "got 'missing.warc.gz'"),
        (["replay"], 2, "got 'no file'"),
        (["serve", "port=much"], 2, "port: got 'much'"),
        (["score", "runs=/nowhere"], 1, "no manifest.json"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(words, code, told, capsys):
    assert code_of(words) == code
    said = capsys.readouterr()
    assert told in said.out + said.err
    assert len(said.err.splitlines()) <= 1


def test_truth_is_printed_as_json_lines(web, capsys):
    main(["truth"])
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["url"] for row in rows] == list(web.pages)
