from __future__ import annotations

from collections.abc import Iterator

import pytest

from corpus.errors import ConfigurationError
from report.question import Question, answer


@pytest.mark.parametrize(
    ("words", "column", "value"),
    [
        (["run=t", "url=https://x.example/?a=b"], "url", "https://x.example/?a=b"),
        (["id=0f", "run=t", "url="], "id", "0f"),
    ],
)
def test_a_question(words: list[str], column: str, value: str) -> None:
    question = Question.parse("report.near", words)
    assert (question.config.run, question.config.runs) == ("t", "runs")
    assert (question.column, question.value) == (column, value)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "url=URL"),
        (["run=t"], "url=URL"),
        (["run=t", "url=a", "id=b"], "url=URL"),
        (["run=t", "uri=a"], "url=URL"),
        (["run=t", "url=a", "rnu=b"], "url=URL"),
        (["url=a"], "url=URL"),
        (["run=t", "url="], "url=URL"),
        (["run=t", "url=http://x.example/\udcff"], "expected UTF-8"),
        (["run=t", "id=\ud800"], "expected UTF-8"),
        (["run=../x", "id=a"], "run: got '../x'"),
    ],
)
def test_a_question_that_is_none_gets_one_line(
    capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        answer("report.near", words, lambda _: ["never told"])
    told, error = capsys.readouterr()
    assert (ended.value.code, told, error.count("\n")) == (2, "", 1)
    assert said in error


def test_what_goes_wrong_while_an_answer_is_told_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    def told(question: Question) -> Iterator[str]:
        yield question.value
        msg = "no document"
        raise ConfigurationError(msg)

    with pytest.raises(SystemExit) as ended:
        answer("report.near", ["run=t", "id=a"], told)
    assert (ended.value.code, *capsys.readouterr()) == (2, "", "no document\n")


def test_an_answer_and_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    for words, told in (
        (["run=t", "id=a"], "a\nទឹក\n"),
        (["--help"], "usage: python -m report.near run=NAME url=URL | id=ID [runs=FOLDER]\n"),
    ):
        with pytest.raises(SystemExit) as ended:
            answer("report.near", words, lambda question: [question.value, "ទឹក"])
        assert (ended.value.code, *capsys.readouterr()) == (0, told, "")
