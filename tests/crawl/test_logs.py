from __future__ import annotations

import logging

import pytest

from crawl.logs import LOGGERS, libraries_logged


@pytest.mark.parametrize("name", LOGGERS)
def test_warnings_of_libraries_go_to_the_log_of_the_stage_alone(name, caplog, capsys):
    stage, library = logging.getLogger("sastra"), logging.getLogger(name)
    stage.addHandler(caplog.handler)
    try:
        with libraries_logged():
            library.info("a connection was opened")
            library.warning("a connection was lost")
    finally:
        stage.removeHandler(caplog.handler)
    assert [record.getMessage() for record in caplog.records] == ["a connection was lost"]
    assert capsys.readouterr().err == ""
    assert (library.handlers, library.propagate) == ([], True)
