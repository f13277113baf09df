"""The log: lines in a file, and silence where there is no room for them."""

from __future__ import annotations

from pathlib import Path

from corpus.progress import log_to, logger


def test_a_log_without_room_says_nothing_on_the_terminal(tmp_path: Path, capsys) -> None:
    path = tmp_path / "logs" / "toy.log"
    path.parent.mkdir()
    path.symlink_to("/dev/full")
    with log_to(path):
        logger.info("ស្រូវ")
    assert capsys.readouterr().err == ""


def test_the_log_has_the_lines_of_the_block(tmp_path: Path) -> None:
    with log_to(tmp_path / "toy.log"):
        logger.info("ស្រូវ")
    logger.info("អង្ករ")
    assert "ស្រូវ" in (tmp_path / "toy.log").read_text(encoding="utf-8")
    assert "អង្ករ" not in (tmp_path / "toy.log").read_text(encoding="utf-8")
