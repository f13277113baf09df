"""How many characters must be changed, put in or taken out to find one long text in another."""

from __future__ import annotations


def errors(read: str, true: str) -> float:
    """Edits per character of `true` that make it of that part of `read` which is most like it, 1 at most."""
    return edits(read, true) / len(true) if true else 0.0


def edits(read: str, true: str) -> int:
    """The Levenshtein distance of `true` from the part of `read` that is nearest (Myers 1999, in one long word)."""
    everything, last = (1 << len(true)) - 1, 1 << max(len(true) - 1, 0)
    places: dict[str, int] = {}
    for at, character in enumerate(true):
        places[character] = places.get(character, 0) | 1 << at
    up, down, distance = everything, 0, len(true)
    nearest = distance
    for character in read:
        equal = places.get(character, 0)
        vertical = equal | down
        horizontal = (((equal & up) + up) ^ up) | equal
        more = down | (everything & ~(horizontal | up))
        less = up & horizontal
        distance += bool(more & last) - bool(less & last)
        nearest = min(nearest, distance)
        more, less = more << 1, less << 1
        up = everything & (less | ~(vertical | more))
        down = everything & more & vertical
    return nearest
