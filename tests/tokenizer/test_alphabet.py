"""The alphabet: clusters to single characters and back, the most frequent first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tokenizer.alphabet import Alphabet

KHMER = st.text(alphabet="កខងមយរ្ាិុំៈ ។១a\ue000", max_size=30)
ALPHABET = Alphabet(("ខ្មែ", "កា", "ក្រុ"))


def test_frequent_clusters_are_chosen_in_order_and_single_code_points_never() -> None:
    assert Alphabet.choose({"ក": 99, "កា": 3, "ខ្មែ": 5, "គី": 3, "យំ": 1}, 2).clusters == ("ខ្មែ", "កា", "គី")


def test_no_more_clusters_than_private_characters() -> None:
    many = {f"ក្ខ{chr(0x17B6 + i % 8)}{i}": 2 for i in range(7000)}
    assert len(Alphabet.choose(many, 2).clusters) == 6400


def test_known_clusters_become_one_character() -> None:
    assert ALPHABET.encode("ខ្មែរ កាក្រុម") == "\ue000រ \ue001\ue002ម"
    assert ALPHABET.encode("ក្រ ក្រូ") == "ក្រ ក្រូ"


@given(KHMER)
def test_the_text_comes_back_but_for_its_private_characters_and_khmer_digits(text: str) -> None:
    assert ALPHABET.decode(ALPHABET.encode(text)) == text.replace("\ue000", " ").replace("១", "1")


def test_every_beginning_of_a_cluster_is_a_building_piece() -> None:
    assert ALPHABET.building_pieces() == ["ខ្", "ខ្ម", "ខ្មែ", "កា", "ក្", "ក្រ", "ក្រុ"]
