import pytest

from demo.edits import CLUSTER, EDITS, ZWSP, jaccard, shingles, with_other_spaces
from demo.texts import read_texts


@pytest.mark.parametrize(
    ("text", "clusters"),
    [
        ("ស្រី", ["ស្រី"]),
        ("ខ្មែរ", ["ខ្មែ", "រ"]),
        ("ព្រះអង្គ ១២", ["ព្រះ", "អ", "ង្គ", "១", "២"]),
        ("OK។", ["O", "K", "។"]),
    ],
)
def test_clusters(text, clusters):
    assert CLUSTER.findall(text) == clusters


def test_jaccard_of_known_sets():
    assert shingles("កខគឃងច") == {"កខគឃង", "ខគឃងច"}
    assert jaccard("កខគឃងច", "កខគឃង") == 0.5
    assert jaccard("កខគ", "ចឆជ") == 0.0


def test_spaces_do_not_count():
    text = next(text for text in read_texts() if text.name == "news-01")
    spaced = with_other_spaces(text)
    assert ZWSP in spaced.body
    assert spaced.body != text.body
    assert jaccard(text.plain, spaced.plain) == 1.0


@pytest.mark.parametrize("edit", EDITS)
def test_edits_change_a_text_and_leave_most_of_it(edit):
    text = next(text for text in read_texts() if text.name == "folktale-01")
    edited = edit(text)
    assert edited.body != text.body
    assert 0.85 < jaccard(text.plain, edited.plain) <= 1.0
