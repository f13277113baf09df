"""The ledger: sums by source and reason, and a law that cannot be broken quietly."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import StageError
from corpus.ledger import Amount, Ledger


def table(*rows: tuple[str, int], **columns: list[object]) -> pa.Table:
    sizes = [n for _, n in rows]
    own = {
        "source": [s for s, _ in rows],
        "n_chars": sizes,
        "n_bytes": [3 * n for n in sizes],
        "n_clusters": sizes,
    }
    return pa.table({**own, **columns})


def test_what_comes_in_is_kept_dropped_or_edited_away() -> None:
    ledger = Ledger()
    ledger.add_table(table(("a", 10), ("a", 5), ("b", 7)), "in")
    ledger.add_edit("mask", table(("a", 10)), table(("a", 8)))
    ledger.add_table(table(("b", 3), ("b", 2)), "unfolded")
    ledger.add_table(table(("a", 8), ("b", 3), ("b", 2)), "kept")
    ledger.add_table(table(("a", 5), ("b", 7), reason=["short", "spam"]), "dropped")
    ledger.check("test")
    assert ledger.total("kept") == Amount(3, 13, 39, 13)
    assert ledger.total("dropped", "b") == Amount(1, 7, 21, 7)
    assert ledger.amounts["a", "edited", "mask"] == Amount(0, 2, 6, 2)


@pytest.mark.parametrize(
    ("fate", "amount", "says"),
    [
        ("kept", Amount(1), "source 'a' does not conserve documents: 2 came in, 3 are accounted for"),
        ("in", Amount(0, 0, 4), "source 'a' does not conserve bytes: 34 came in, 30 are accounted for"),
        ("edited", Amount(0, 1), "does not conserve chars"),
        ("dropped", Amount(0, 0, 0, 1), "does not conserve clusters"),
        ("unfolded", Amount(1), "does not conserve documents: 3 came in, 2 are accounted for"),
    ],
)
def test_any_breach_is_named(fate, amount: Amount, says: str) -> None:
    ledger = Ledger()
    for one in ("in", "kept"):
        ledger.add_table(table(("a", 4), ("a", 6)), one)
    ledger.check("test")
    ledger.add("a", fate, "", amount)
    with pytest.raises(StageError, match=says):
        ledger.check("test")


def test_one_source_cannot_make_up_for_another() -> None:
    ledger = Ledger()
    ledger.add_table(table(("a", 4), ("b", 4)), "in")
    ledger.add_table(table(("a", 4), ("a", 4)), "kept")
    with pytest.raises(StageError, match="source 'a'"):
        ledger.check("test")


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from(["in", "kept"]), st.integers(0, 9)), max_size=20
    )
)
def test_rows_are_the_ledger_in_any_order(parts: list[tuple[str, str, int]]) -> None:
    forth, back = Ledger(), Ledger()
    for source, fate, n in parts:
        forth.add(source, fate, "", Amount(n))
    for source, fate, n in reversed(parts):
        back.add(source, fate, "", Amount(n))
    assert forth.rows() == back.rows() == Ledger(forth.rows()).rows()
