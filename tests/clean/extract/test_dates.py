"""Dates as pages state them."""

from __future__ import annotations

import pytest

from clean.extract.dates import khmer_date, parse_date, url_date


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2019-07-26T07:15:00+07:00", "2019-07-26"),
        ("2019-7-6", "2019-07-06"),
        ("2019/07/26", "2019-07-26"),
        ("26/07/2019", "2019-07-26"),
        ("២៦-០៧-២០១៩", "2019-07-26"),
        ("ថ្ងៃទី២៦ ខែកក្កដា ឆ្នាំ២០១៩", "2019-07-26"),
        ("ថ្ងៃ\u200bទី\u200b២៦ ខែ\u200bកក្កដា ឆ្នាំ\u200b២០១៩", "2019-07-26"),
        ("26 កក្កដា 2019", "2019-07-26"),
        ("ចុះផ្សាយ៖ ១ កុម្ភៈ ២០២០", "2020-02-01"),
        ("ថ្ងៃអាទិត្យ ទី៣ ខែធ្នូ ឆ្នាំ២០២៣", "2023-12-03"),
        ("ខែកក្កដា 26, 2019", "2019-07-26"),
        ("ថ្ងៃទី២៦ ខែ៧ ឆ្នាំ២០១៩ ម៉ោង ១០:៣០ ព្រឹក", "2019-07-26"),
        ("July 26, 2019", "2019-07-26"),
        ("Fri, 26 Jul 2019", "2019-07-26"),
        ("ថ្ងៃសៅរ៍ ១៣រោច ខែផល្គុន ឆ្នាំកុរ ឯកស័ក ព.ស.២៥៦៣ ត្រូវនឹងថ្ងៃទី២១ ខែមីនា ឆ្នាំ២០២០", "2020-03-21"),
        ("ថ្ងៃទី១១ ខែមីនា ព.ស. ២៥៦៣", "2020-03-11"),
        ("ថ្ងៃទី១១ ខែមិថុនា ពុទ្ធសករាជ ២៥៦៤", "2020-06-11"),
    ],
)
def test_dates_are_found(text: str, day: str) -> None:
    found = parse_date(text)
    assert found is not None
    assert found.date().isoformat() == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "31/02/2019",
        "ថ្ងៃទី៣២ ខែកក្កដា ឆ្នាំ២០១៩",
        "ខែកក្កដា ឆ្នាំ២០១៩",
        "12.5.2",
        "ថ្ងៃនេះ",
        "1234-12-12",
        "១៣រោច ខែផល្គុន ព.ស.២៥៦៣",
        "១១ ខែឧសភា ព.ស.២៥៦៤",
        "1970-01-01",
        "ថ្ងៃទី៧ ខែមករា ឆ្នាំ១៩៧៩",
        "២ ម៉ោងមុន",
        "012/10/20199",
    ],
)
def test_nothing_is_made_up(text: str) -> None:
    assert parse_date(text) is None
    assert khmer_date(text) is None


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://a.example/2019/07/26/x.html", "2019-07-26"),
        ("https://a.example/news/2019-07-26", "2019-07-26"),
        ("https://a.example/2019/13/26/", None),
        ("https://a.example/?p=20190726", None),
    ],
)
def test_dates_in_addresses(url: str, day: str | None) -> None:
    found = url_date(url)
    assert (found and found.date().isoformat()) == day


def test_runs_of_blanks_cost_no_more_than_their_length() -> None:
    for gap in (" " * 200_000, "\u00a0\u200b" * 100_000):
        assert parse_date(f"1{gap}") is None
        assert parse_date(f"ថ្ងៃទី១{gap}ខែ{gap}មករា ឆ្នាំ២០២០") is not None
