import re
from collections import Counter
from datetime import date

import pytest

from clean.personal import Kind, mask_text
from demo.texts import Block, read_text, read_texts

FRONT = "---\ntitle: ទឹកភ្លៀង\nauthor: សុខ\ndate: 2024-01-02\ngenre: {genre}\n---\n\n"


def write(folder, body, genre="news"):
    path = folder / "sample.md"
    path.write_text(FRONT.format(genre=genre) + body, encoding="utf-8")
    return path


def test_front_matter_and_blocks(tmp_path):
    text = read_text(write(tmp_path, "កថាខណ្ឌ។\n\n## ក្បាល\n\n- មួយ\n- ពីរ\n\n| ខែ | ភ្លៀង |\n| មករា | ៣ |\n"))
    assert (text.name, text.title, text.author, text.date) == ("sample", "ទឹកភ្លៀង", "សុខ", date(2024, 1, 2))
    assert text.blocks == [
        Block("paragraph", ("កថាខណ្ឌ។",)),
        Block("heading", ("ក្បាល",)),
        Block("list", ("មួយ", "ពីរ")),
        Block("table", ("| ខែ | ភ្លៀង |", "| មករា | ៣ |")),
    ]
    assert text.plain == "កថាខណ្ឌ។\nក្បាល\nមួយ\nពីរ\nខែ ភ្លៀង\nមករា ៣"


def test_lines_of_a_poem_stay_apart(tmp_path):
    text = read_text(write(tmp_path, "ភ្លៀងធ្លាក់\nដីសើម", genre="poem"))
    assert text.blocks == [Block("verse", ("ភ្លៀងធ្លាក់", "ដីសើម"))]


def test_a_file_without_front_matter_is_named(tmp_path):
    path = tmp_path / "bare.md"
    path.write_text("គ្មានអ្វី", encoding="utf-8")
    with pytest.raises(ValueError, match=r"bare\.md: no front matter"):
        read_text(path)


def test_every_planted_value_stands_in_its_text():
    planted = [(text, *item) for text in read_texts() for item in text.planted]
    assert {kind for _, kind, _ in planted} == set(Kind)
    for text, _, value in planted:
        assert value in text.body, text.name
        assert re.search("000|example|^203[.]0[.]113[.]", value.replace("០", "0")), value


def test_planted_values_are_masked_by_their_kinds():
    for text in read_texts():
        masked = mask_text(text.body)
        expected = Counter(f"⟨{kind}⟩" for kind, _ in text.planted)
        assert Counter(re.findall("⟨[a-z]+⟩", masked)) == expected, text.name
