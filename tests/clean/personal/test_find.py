"""Each kind is masked in the forms that people write; dates, prices, laws and other numbers are not."""

from __future__ import annotations

import pytest

from clean.personal import find, mask_text

PHONES = [
    "012 345 678", "០១២ ៣៤៥ ៦៧៨", "012345678", "០៩៧៥៥៤៩១១៤", "010-000-414", "097.123.4567", "093 873881",
    "012 34 56 78", "096 34 56 789", "0979 888 777", "(023) 990-023", "023 6525 777", "+855 12 345 678",
    "+85512345678", "(855) 11000760", "(+855) 12 78 78 39", "+855 (0)12 345 678", "00855 96 345 6789", "85512345678",
    "+៨៥៥ ១២ ៣៤៥ ៦៧៨", "(៨៥៥-២៣) ៨៨១ ៥១១", "០១២\u200b៣៤៥\u200b៦៧៨", "០1២ ៣4៥ ៦7៨",
    "０１２－３４５－６７８", "០១២ ៣៤៥\u200d ៦៧៨",
    "012 345 67 8", "096 520 530 2", "010 97 35 45", "095 8888 03", "012/092/077 345 678",
    "012 - 345 - 678", "(012) 345 678",
    "023 720 786/87", "+66 81 234 5678", "+1 (202) 555-0143", "+84-24-3825-1234", "+ 855 12 345 678", "012. 345. 678",
]  # fmt: skip
EMAILS = [
    "sok.dara@mail.example", "a_b-c+d@mail-1.example.kh", "INFO@SALA.example", "dara @ gmail.com", "dara@ gmail . com",
    "dara＠mail.example", "dara [at] mail [dot] example", "dara(at)mail.example",
    "dara at mail dot example", "dara@mail(dot)com",
    "dara.sok.99@yahoo.com.kh", "x" * 100 + "@mail.example",
]  # fmt: skip
OTHERS = [
    ("អត្តសញ្ញាណប័ណ្ណសញ្ជាតិខ្មែរលេខ {}", "id", ["020123456", "០២០១២៣៤៥៦", "020 123 456", "020123456(01)"]),
    ("លិខិតឆ្លងដែនលេខ {} ជារបស់", "passport", ["N01234567", "N0123456", "EA-1234567", "M ១២៣៤៥៦៧៨", "566034284"]),
    ("Passport No. {}", "passport", ["N01234567"]),
    ("ថ្ងៃខែឆ្នាំកំណើត {}។", "birth", ["១០ ឧសភា ២០០០", "10/05/2000", "០៥-១០-១៩៩៩", "១០ ខែ ឧសភា ឆ្នាំ ២០០០"]),
    ("ជួយតាមគណនីធនាគារលេខ {} ឈ្មោះ", "account", ["000 123 456", "000123456", "00012345", "០០០ ១២៣ ៤៥៦", "1234-5678-9012"]),
    ("ABA: {} (Sok Dara)", "account", ["000 123 456", "001-234-567"]),
    ("ACLEDA {}", "account", ["0001 01 222333 13", "0001-02-123456-1-2"]),
    ("ផ្ទេរមក {} ABA", "account", ["000 123 456"]),
    ("កាត {}។", "card", ["4111 1111 1111 1111", "5555555555554444", "6200-0000-0000-0005", "3782 822463 10005"]),
    ("ពាក់ស្លាកលេខ {} បើកបរ", "plate", ["2A-1234", "2AB 1234", "1F0293", "២A-១២៣៤", "1-DH-3149", "3B:2000"]),
    ("ភ្នំពេញ {}។", "plate", ["2AB-1234"]),
    ("ទំព័រ facebook.com/{} មាន", "handle", ["sok.dara", "profile.php?id=100012345678901", "people/Sok-Dara/1000123"]),
    ("https://www.facebook.com/{}។", "handle", ["sok.dara/posts/123"]),
    ("តេឡេក្រាម t.me/{}", "handle", ["sok_dara"]),
    ("Telegram៖ {} ហើយ", "handle", ["@sok_dara99"]),
    ("ទំព័រ m.me/{}", "handle", ["sokdara"]),
    ("តាម wa.me/{}", "phone", ["85512345678"]),
    ("Bakong៖ {} សូម", "payment", ["dara_sok@aclb", "dara@abaa", "85512345678@wing", "dara@xyzb"]),
    ("អាសយដ្ឋាន {} បាន", "ip", ["103.216.51.77", "203.0.113.200", "2001:db8:0:1::7"]),
    ("IP: {}", "ip", ["8.8.8.8"]),
]  # fmt: skip
NOT_PERSONAL = [
    "ថ្ងៃទី០១-០២-២០១៩", "01/02/2019 10:30", "2018-11-02 11:26:44", "២០១៨-២០១៩", "2015 2016 2017", "១៩៩៣ ២០០៣ ២០០៨",
    "៥០០.០០០ រៀល", "១២០០០០០០០ រៀល", "1,012,345,678", "0.012345678", "3.14159265358", "ISBN 978-0-306-40615-7",
    "ISBN 0306406152", "0-306-40615-2", "ច្បាប់លេខ នស/រកម/០១៩៦/០៤", "លេខ ០១២៣/១៨ អនក្រ", "013-2018-11-12",
    "717-316-2123", "000 123 456", "012 345", "20161216 0930", "file_012345678.jpg", "id=012345678", "@sala", "ក@ខ",
    "http://example.org/2019/012345678.html", "example.org/a/012345678", "facebook.com/groups/123456", "t.me/+AbCdEf",
    "https://facebook.com/sharer/sharer.php?u=x", "icon@2x.png", "package@1.2.3",
    "@media screen", "us @ www.sala.example",
    "លេខ 117 ឬ 1280", "១១.៥៥៦៤, ១០៤.៩២៨២", "+11.556374 +104.928207", "កំណែ 10.0.19041.1",
    "២.១៥៣.២១១.១១៨ ដុល្លារ", "192.168.1.10",
    "127.0.0.1", "10:30:45", "fe80::1", "std::vector", "៣-០ ២-១ ១-១", "១៦.៥២៣.១២៤ នាក់", "1 USD = 4,050 រៀល", "5S-2016",
    "4111 1111 1111 1112", "2A-1234", "N01234567", "020123456", "ថ្ងៃកំណើត ១០ ឧសភា ២០០០", "លេខ ៥២៣ សជណ ០៤-០៥-២០១៨",
    "គណនីមាន 120000000 រៀល", "គណនី 20161216", "ទូរស័ព្ទតម្លៃ 350 ដុល្លារ", "អត្តសញ្ញាណប័ណ្ណ ២០១៨-២០១៩", "ការបោះពុម្ពលើកទី 1.2.3.4",
    "0.123456789", "មាត្រា ០១១ ០១២ ០១៣", "0123456789abcdef", "&#012345678;", "doi:10.1000/012345678", "+100000000 រៀល",
    "រថយន្តឆ្នាំ 5G 2018", "12::34", "10.0.19041.388", "ធនាគារផ្តល់ 150000000 រៀល", "ទូរស័ព្ទ 2018-2019", "user@localhost",
    "sha 0123456789abcdef0123456789abcdef", "twitter.com/search?q=a", "4242424242424242424",
]  # fmt: skip


@pytest.mark.parametrize("number", PHONES)
def test_telephone_numbers_are_masked(number: str) -> None:
    assert mask_text(f"សូមហៅលេខ{number}។") == "សូមហៅលេខ⟨phone⟩។"
    assert mask_text(f"({number})").count("⟨phone⟩") == 1


@pytest.mark.parametrize("address", EMAILS)
def test_addresses_are_masked(address: str) -> None:
    assert mask_text(f"អ៊ីមែល៖ {address}។") == "អ៊ីមែល៖ ⟨email⟩។"


@pytest.mark.parametrize(
    ("frame", "kind", "datum"), [(frame, kind, datum) for frame, kind, data in OTHERS for datum in data]
)
def test_other_kinds_are_masked_where_something_announces_them(frame: str, kind: str, datum: str) -> None:
    assert mask_text(frame.format(datum)) == frame.format(f"⟨{kind}⟩")


@pytest.mark.parametrize("text", NOT_PERSONAL)
def test_other_numbers_stay(text: str) -> None:
    assert mask_text(f"ទេ {text} ទេ") == f"ទេ {text} ទេ"


LISTS = [
    ("012 345 678 / 098 765 432, ០៧៧៧៧៧៤៣១", "⟨phone⟩ / ⟨phone⟩, ⟨phone⟩"),
    ("012345678,098765432/077777431", "⟨phone⟩,⟨phone⟩/⟨phone⟩"),
    ("012 345 678 098 765 432", "⟨phone⟩ ⟨phone⟩"),
    ("061 207 307/096 520 530 2/097 59 54 792", "⟨phone⟩/⟨phone⟩/⟨phone⟩"),
    ("ផ្ញើមក 081 815 000 ២. គណនី", "ផ្ញើមក ⟨phone⟩ ២. គណនី"),
    ("ABA 000 123 456 ឬទូរស័ព្ទ 012 345 678", "ABA ⟨account⟩ ឬទូរស័ព្ទ ⟨phone⟩"),
    ("អត្តសញ្ញាណប័ណ្ណ ឬទាក់ទង 012 345 678", "អត្តសញ្ញាណប័ណ្ណ ឬទាក់ទង ⟨phone⟩"),
    ("គណនីហ្វេសប៊ុករបស់គាត់ 012 345 678", "គណនីហ្វេសប៊ុករបស់គាត់ ⟨phone⟩"),
    ("Tel012345678Email: a@b.example", "Tel⟨phone⟩Email: ⟨email⟩"),
    ("0៦៩៤៥២១៦៨1។", "⟨phone⟩។"),
    ("១.012 345 678", "១.012 345 678"),
    ("012345678/79/80", "⟨phone⟩"),
    ("ហៅ 012\n345 678", "ហៅ ⟨phone⟩"),
    ("Tel# 097 63 59 887", "Tel# ⟨phone⟩"),
    ("https://api.whatsapp.com/send?phone=85512345678", "https://api.whatsapp.com/send?phone=⟨phone⟩"),
    ("ABA Bank 000 123 456 USD", "ABA Bank ⟨account⟩ USD"),
    ("ហៅ (804) 287-7878 ឬ 1-800-655-4555", "ហៅ (804) 287-7878 ឬ 1-800-655-4555"),
    ("Tel (804) 287-7878 ឬ 1-800-655-4555", "Tel ⟨phone⟩ ឬ ⟨phone⟩"),
    ("sok_99 @mail.example", "⟨email⟩"),
    ("::ffff:103.216.51.77", "::ffff:⟨ip⟩"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "masked"), LISTS)
def test_each_of_several_is_masked(text: str, masked: str) -> None:
    assert mask_text(text) == masked


def test_spans_are_places_in_the_text_as_given() -> None:
    text = "ហៅ ០១២\u200b៣៤៥ ៦៧៨។"
    (span,) = find(text)
    assert text[span.start : span.end] == "០១២\u200b៣៤៥ ៦៧៨"
