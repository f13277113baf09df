"""What republishing does to a text, and how alike two texts then are."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from demo.texts import Text

# A base with its coengs, shifter, vowel and signs; or any other character.
CLUSTER = re.compile(r"[\u1780-\u17b3](?:\u17d2[\u1780-\u17a2])*[\u17b4-\u17d1\u17d3\u17dd]*|\S")
IGNORED = re.compile(r"[\s\u200b-\u200d\u2060]+")
SHINGLE = 5
ZWSP = "\u200b"
SYNONYMS = (
    ("ជាច្រើន", "យ៉ាងច្រើន"),
    ("ប្រហែល", "ប្រមាណ"),
    ("ទាំងអស់", "ទាំងឡាយ"),
    ("ព្រោះ", "ពីព្រោះ"),
    ("ឥឡូវ", "បច្ចុប្បន្ន"),
    ("ដើម្បី", "ក្នុងគោលបំណង"),
    ("ហើយ", "ព្រមទាំង"),
    ("មិន", "ពុំ"),
)
BREAKS = re.compile("(ដែល|និង|ការ|របស់|នៅ|បាន)")


def with_source(text: Text) -> Text:
    """Framed by the lines of a site that took it over."""
    body = f"យោងតាមប្រភពដើម បានចុះផ្សាយឱ្យដឹងថា៖\n\n{text.body}\n\nដកស្រង់ និងរៀបរៀងដោយក្រុមការងារចម្លងព័ត៌មានប្រចាំថ្ងៃ"
    return replace(text, body=body)


def with_other_words(text: Text) -> Text:
    """With the first of every word that has a synonym replaced."""
    body = text.body
    for word, synonym in SYNONYMS:
        body = body.replace(word, synonym, 1)
    return replace(text, body=body, title=f"{text.title} (កែសម្រួល)")


def with_other_spaces(text: Text) -> Text:
    """With zero-width spaces between words, and no spaces after sentences."""
    return replace(text, body=BREAKS.sub(ZWSP + r"\1" + ZWSP, text.body).replace("។ ", "។"))


def shortened(text: Text) -> Text:
    """Without the shortest of its paragraphs."""
    parts = text.body.split("\n\n")
    shortest = min(range(len(parts)), key=lambda i: (parts[i].startswith(("#", "-")), len(parts[i])))
    return replace(text, body="\n\n".join(parts[:shortest] + parts[shortest + 1 :]))


EDITS: tuple[Callable[[Text], Text], ...] = (with_source, with_other_words, with_other_spaces, shortened)


def shingles(text: str) -> set[str]:
    """Every run of five orthographic clusters, spaces and zero-width characters left out."""
    clusters = CLUSTER.findall(IGNORED.sub("", text))
    return {"".join(clusters[i : i + SHINGLE]) for i in range(max(1, len(clusters) - SHINGLE + 1))}


def jaccard(first: str, second: str) -> float:
    """The share of shingles that two texts have in common."""
    a, b = shingles(first), shingles(second)
    return len(a & b) / len(a | b)
