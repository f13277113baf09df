"""Texts after passages were cut from them: whole sentences, and clean seams."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from dedup.passages.cut import cut_text, seams_of
from khmer.buffers import utf8
from khmer.unit_spans import unit_spans


def cut(marked: str) -> tuple[str, list[str], list[int]]:
    """Cut what stands between ⟦ and ⟧: what is left, what was cut, and which of the runs these were."""
    runs, texts = [], [""]
    for piece in marked.split("⟦"):
        inside, _, outside = piece.partition("⟧") if "⟧" in piece else ("", "", piece)
        first = n_units("".join(texts))
        texts += [inside, outside]
        if inside:
            runs.append((1, first, first + n_units(inside)))
    text = "".join(texts)
    column = utf8(pa.array(["មុន។\n", text, "ក្រោយ។\n"], pa.large_string()))
    seams = seams_of(column, np.array(runs))
    is_cut = seams.any(axis=1)
    return (*cut_text(text.encode(), seams[is_cut].tolist()), np.flatnonzero(is_cut).tolist())


def n_units(text: str) -> int:
    return len(unit_spans(pa.array([text], pa.large_string())).spans)


@pytest.mark.parametrize(
    ("marked", "left", "passages"),
    [
        ("⟦ទាំងអស់⟧", "", ["ទាំងអស់"]),
        ("មុន។ ⟦កណ្តាល⟧។ ក្រោយ។", "មុន។ ក្រោយ។", ["កណ្តាល។"]),
        ("មុន។ ⟦កណ្តាល។ ក្រោយ⟧។", "មុន។", ["កណ្តាល។ ក្រោយ។"]),
        ("⟦មុន។ កណ្តាល⟧។ ក្រោយ។", "ក្រោយ។", ["មុន។ កណ្តាល។"]),
        # the sentences that a passage begins and ends in stay
        ("មុន ⟦នេះ។ កណ្តាលនៃអត្ថបទ។ ក្រោយ⟧ នោះ។", "មុន នេះ។ ក្រោយ នោះ។", ["កណ្តាលនៃអត្ថបទ។"]),
        # no whole sentence, or too little of the passage is one: it stays
        ("ពិធី⟦ក្រោមអធិបតីភាព⟧លោកមេភូមិ។", "ពិធីក្រោមអធិបតីភាពលោកមេភូមិ។", []),
        ("ក⟦ខគឃងចឆជឈញដឋឌ។ ឍ។ ណតថទធនបផពភម⟧យ។", "កខគឃងចឆជឈញដឋឌ។ ឍ។ ណតថទធនបផពភមយ។", []),
        # lines
        ("ចំណងជើង\n⟦សូមទស្សនាវីដេអូ⟧។\nអត្ថបទ", "ចំណងជើង\nអត្ថបទ", ["សូមទស្សនាវីដេអូ។"]),
        ("ទីមួយ។\n\n⟦ទីពីរ⟧។\n\nទីបី។", "ទីមួយ។\n\nទីបី។", ["ទីពីរ។"]),
        ("ទីមួយ។\n⟦ទីពីរ⟧។\n\n\n\nទីបី។", "ទីមួយ។\n\nទីបី។", ["ទីពីរ។"]),
        ("- ទីមួយ\n- ⟦ទីពីរ⟧\n- ទីបី", "- ទីមួយ\n- ទីបី", ["ទីពីរ"]),
        ("ទីមួយ។\n• ⟦ទីពីរ⟧", "ទីមួយ។", ["ទីពីរ"]),
        ("ក\n⟦ខ⟧\nគ\n\n⟦ឃ⟧\nង", "ក\nគ\n\nង", ["ខ", "ឃ"]),
        # what announces the next line stays with it
        ("ទីមួយ\n⟦ធ្វើដូចខាងក្រោម⟧៖\n- ទីពីរ", "ទីមួយ\nធ្វើដូចខាងក្រោម៖\n- ទីពីរ", []),
        ("ទីមួយ\n⟦ទីពីរដូចនេះ។\nធ្វើ⟧៖\n- ទីបី", "ទីមួយ\nធ្វើ៖\n- ទីបី", ["ទីពីរដូចនេះ។"]),
        ("ទីមួយ។ ⟦ទីពីរ⟧\n\u3000៖ ទីបី។", "ទីមួយ។ ទីពីរ\n\u3000៖ ទីបី។", []),
        ("ទីមួយ។ ⟦ទីពីរ⟧។\n៖ ទីបី។", "ទីមួយ។\n៖ ទីបី។", ["ទីពីរ។"]),
        # a dot ends a sentence before a blank
        ("ទីមួយ. ⟦ទីពីរ⟧.\u00a0ទីបី", "ទីមួយ. ទីបី", ["ទីពីរ."]),
        ("ទីមួយ.⟦ទីពីរ⟧.ទីបី", "ទីមួយ.ទីពីរ.ទីបី", []),
        ("ទីមួយ .⟦ទីពីរ⟧ - ទីបី", "ទីមួយ .ទីពីរ - ទីបី", []),
        # signs that belong to the words beside the cut
        ("គាត់ថា៖ «ទេ!» ⟦គេទៅ⟧។ «បាទ»។", "គាត់ថា៖ «ទេ!» «បាទ»។", ["គេទៅ។"]),
        ("មុន។\n«⟦គេថាដូច្នេះ⟧។»\n(ក្រោយ)", "មុន។\n(ក្រោយ)", ["គេថាដូច្នេះ។»"]),
        ("«⟦មុន។ គេថា⟧។\n» ។\nក្រោយ។ ⟦ចប់⟧។", "ក្រោយ។", ["មុន។ គេថា។", "ចប់។"]),
        ("⟦អ្នកអាន⟧! Read it. ⟦មកទៀត⟧?", "Read it.", ["អ្នកអាន!", "មកទៀត?"]),
    ],
)
def test_what_is_left_and_what_is_cut(marked: str, left: str, passages: list[str]) -> None:
    assert cut(marked)[:2] == (left, passages)


def test_a_text_that_nothing_is_cut_from_is_left_as_it_is() -> None:
    assert cut(" ពិធី⟦ក្រោមអធិបតីភាព⟧លោកមេភូមិ។\n")[1:] == ([], [])


def test_brackets_without_end() -> None:
    assert cut(f"មុន។ ⟦កណ្តាល⟧។ {'(' * 200_000}- ក្រោយ។")[1] == ["កណ្តាល។"]


def test_cuts_name_their_run() -> None:
    assert cut("ក⟦ខ⟧គ។ ⟦ឃង⟧។ ច")[2] == [1]
