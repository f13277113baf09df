"""Personal data to plant, in the forms that people write, and numbers that resemble it and are not personal.

Values are random; frames are sentences written for this bench. A frame's {} is the datum.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final

from clean.personal import Kind
from khmer.numerals import to_khmer_digits

Maker = Callable[[Random], str]

SEPARATORS: Final = (" ", " ", "-", ".", "", "", "\u00a0", "–", " - ")
MOBILE: Final = ("10", "11", "12", "15", "16", "17", "61", "69", "70", "77", "78", "81", "85", "86", "87", "89", "92",
                 "93", "95", "98", "99")  # fmt: skip
SEVEN: Final = ("88", "96", "97", "71", "31", "38", "76", "18")  # areas with seven digits behind them
LANDLINES: Final = ("23", "24", "32", "33", "34", "42", "44", "53", "54", "55", "62", "63", "72", "74")
GROUPS_OF_6: Final = ((3, 3), (6,), (2, 2, 2), (2, 4))
GROUPS_OF_7: Final = ((3, 4), (4, 3), (7,), (3, 2, 2), (2, 2, 3))
NAMES: Final = (
    "sok.dara",
    "dara_sok",
    "chan-thy99",
    "Kosal.Meas",
    "srey.pov_7",
    "bopha2001",
    "VuthyKim",
    "rithy_dev",
)
HOSTS: Final = ("mail.example", "gmail.com", "yahoo.com", "sala.example.kh", "hotmail.com", "post-1.example")
MONTHS: Final = ("មករា", "កុម្ភៈ", "មីនា", "មេសា", "ឧសភា", "មិថុនា", "កក្កដា", "សីហា", "កញ្ញា", "តុលា", "វិច្ឆិកា", "ធ្នូ")
PROVINCES: Final = ("ភ្នំពេញ", "កណ្តាល", "សៀមរាប", "បាត់ដំបង", "តាកែវ", "កំពត", "ព្រៃវែង", "ស្វាយរៀង")


def digits(random: Random, n: int) -> str:
    """So many random digits."""
    return "".join(random.choice("0123456789") for _ in range(n))


def written(random: Random, text: str) -> str:
    """Digits as in Khmer, as in ASCII or mixed; now and then a zero-width space between two characters."""
    way = random.random()
    if way < 0.4:
        text = to_khmer_digits(text)
    elif way < 0.45:
        text = "".join(to_khmer_digits(c) if random.random() < 0.5 else c for c in text)
    if random.random() < 0.1:
        place = random.randrange(1, len(text))
        text = f"{text[:place]}\u200b{text[place:]}"
    return text


def _grouped(random: Random, groups: tuple[int, ...], separator: str) -> str:
    return separator.join(digits(random, n) for n in groups)


def phone(random: Random) -> str:
    """A telephone number of Cambodia, or in one of ten cases of abroad."""
    if random.random() < 0.1:
        country = random.choice(("66", "84", "1", "61", "33", "82"))
        return written(random, f"+{country} {_grouped(random, (2, 3, 4), ' ')}")
    area = random.choice((*MOBILE, *SEVEN, *LANDLINES))
    separator = random.choice(SEPARATORS)
    subscriber = _grouped(random, random.choice(GROUPS_OF_7 if area in SEVEN else GROUPS_OF_6), separator)
    trunk = random.choice(("0",) * 5 + ("+855 ", "+855", "(855) ", "(+855) ", "855-", "+855 (0)", "00855 "))
    if trunk == "855-":
        return written(random, f"{trunk}{area}-{_grouped(random, (3, 4 if area in SEVEN else 3), '-')}")
    bracketed = trunk == "0" and random.random() < 0.1
    prefix = f"(0{area}) " if bracketed else f"{trunk}{area}{separator}"
    return written(random, prefix + subscriber)


def email(random: Random) -> str:
    """An address, at times with blanks or words for its signs."""
    at = random.choice(("@",) * 8 + (" [at] ", "(at)"))
    return f"{random.choice(NAMES)}{digits(random, 2)}{at}{random.choice(HOSTS)}"


def identity(random: Random) -> str:
    """The number of an identity card, nine digits, at times with two in brackets."""
    number = random.choice((digits(random, 9), digits(random, 9), _grouped(random, (3, 3, 3), " ")))
    return written(random, number) + random.choice(("", "", "(01)"))


def passport(random: Random) -> str:
    """A passport's number, of Cambodia or of a neighbour."""
    return random.choice(("N", "N", "N", "E", "EA", "M", "C")) + written(
        random, digits(random, random.choice((7, 8)))
    )


def birth(random: Random) -> str:
    """A date as forms have it."""
    day, year = random.randint(1, 28), random.randint(1940, 2015)
    month = random.randrange(12)
    numeric = f"{day:02}{random.choice('/-.')}{month + 1:02}"
    forms = (
        f"{day} {MONTHS[month]} {year}",
        f"{numeric}{numeric[2]}{year}",
        f"{day} ខែ{MONTHS[month]} ឆ្នាំ{year}",
    )
    return random.choice(forms if random.random() < 0.5 else tuple(to_khmer_digits(form) for form in forms))


def account(random: Random) -> str:
    """An account's number, in one piece or in the groups that banks print."""
    shapes = ((3, 3, 3), (9,), (8,), (13,), (4, 4, 4, 4), (16,), (4, 2, 6, 1, 1))
    return written(random, _grouped(random, random.choice(shapes), random.choice(" -")))


def card(random: Random) -> str:
    """A payment card's number with its check digit."""
    body = random.choice(("4", "51", "55", "2221", "62", "3528"))
    body += digits(random, 15 - len(body))
    total = sum(sum(divmod(int(d) * (2 - place % 2), 10)) for place, d in enumerate(body))
    number = f"{body}{-total % 10}"
    separator = random.choice((" ", "-", ""))
    return separator.join(number[n : n + 4] for n in range(0, 16, 4))


def plate(random: Random) -> str:
    """A plate of a car or motorcycle."""
    letters = "".join(random.choice("ABCDEFGHIJKLMNPQRSTUVWXYZ") for _ in range(random.choice((1, 2, 2))))
    separator = random.choice(("-", "-", " ", ".", ""))
    return written(random, f"{random.randint(1, 3)}{letters}{separator}{digits(random, 4)}")


def handle(random: Random) -> str:
    """An @name, at least five letters."""
    name = random.choice(("sok_dara", "chanthy", "kosalmeas", "SreyPov", "rithy_dev"))
    return f"@{name}{digits(random, random.choice((0, 2)))}"


def page_name(random: Random) -> str:
    """What follows the host of a social network."""
    named = (f"{random.choice(NAMES)}{digits(random, 2)}", f"profile.php?id=1000{digits(random, 11)}")
    return random.choice(named).replace("-", ".")


def payment(random: Random) -> str:
    """A Bakong id."""
    name = random.choice(("dara_sok", "chanthy", "kosal", "8551234567"))
    return f"{name}{digits(random, 2)}@{random.choice(('aclb', 'abaa', 'wing', 'ftcc', 'bkrt'))}"


def ip(random: Random) -> str:
    """An address of the documentation ranges, which are masked as if they were somebody's."""
    if random.random() < 0.5:
        return f"2001:db8:{random.randint(1, 9999):x}::{random.randint(1, 9999):x}"
    return f"{random.choice(('203.0.113', '198.51.100', '192.0.2'))}.{random.randint(1, 254)}"


PERSONAL: Final[tuple[tuple[Kind, Maker, tuple[str, ...]], ...]] = (
    (Kind.PHONE, phone, ("សូមទាក់ទងលេខ {}។", "ទូរស័ព្ទ៖ {}", "លេខទូរស័ព្ទ {} ឬមកផ្ទាល់", "Tel: {}", "អាចហៅមក {} បានគ្រប់ពេល",
                         "ម្ចាស់ហាងឈ្មោះ ដារ៉ា ({})", "H/P {}", "ផ្នែកលក់៖{}")),
    (Kind.EMAIL, email, ("អ៊ីមែល៖ {}", "សូមផ្ញើប្រវត្តិរូបមក {}។", "Email: {} ឬមកផ្ទាល់")),
    (Kind.ID, identity, ("កាន់អត្តសញ្ញាណប័ណ្ណសញ្ជាតិខ្មែរលេខ {} ថ្ងៃចុះ", "លេខអត្តសញ្ញាណប័ណ្ណ៖ {}", "អត្តសញ្ញាណប័ណ្ណលេខ{}")),
    (Kind.PASSPORT, passport, ("លិខិតឆ្លងដែនលេខ {} ជារបស់នាង", "កាន់លិខិតឆ្លងដែន {}", "Passport No. {}")),
    (Kind.BIRTH, birth, ("ថ្ងៃខែឆ្នាំកំណើត {}", "ថ្ងៃ ខែ ឆ្នាំកំណើត៖ {}។")),
    (Kind.ACCOUNT, account, ("ជួយតាមគណនីធនាគារលេខ {} ឈ្មោះ សុខ ដារ៉ា", "ABA {} (Sok Dara)", "គណនី ACLEDA៖ {}",
                             "វេរតាមវីង {}")),
    (Kind.CARD, card, ("កាតឥណទានលេខ {}", "Visa {} ផុតកំណត់", "កាត {}")),
    (Kind.PLATE, plate, ("ពាក់ស្លាកលេខ {} បើកបរដោយ", "ស្លាកលេខ ភ្នំពេញ {} ពណ៌ខ្មៅ", "រថយន្តម៉ាកព្រូស សៀមរាប {} មួយគ្រឿង",
                         "ផ្លាកលេខកណ្តាល{}")),
    (Kind.HANDLE, handle, ("តេឡេក្រាម៖ {}", "Telegram {} ឬមកផ្ទាល់", "តាមដាន {} លើ Instagram")),
    (Kind.HANDLE, page_name, ("https://www.facebook.com/{}", "facebook.com/{} ជាទំព័ររបស់គាត់")),
    (Kind.HANDLE, lambda random: handle(random)[1:], ("t.me/{}", "ទំព័រ https://t.me/{} សម្រាប់សួរ", "m.me/{}")),
    (Kind.PAYMENT, payment, ("Bakong៖ {}", "វេរមក {} ក៏បាន", "បាគង {}")),
    (Kind.IP, ip, ("អាសយដ្ឋាន IP {}", "IP: {} បានចូលប្រព័ន្ធ", "ពីម៉ាស៊ីន host {}")),
)  # fmt: skip


def _date(random: Random) -> str:
    day, month, year = random.randint(1, 28), random.randint(1, 12), random.randint(1990, 2026)
    forms = (
        f"{day:02}-{month:02}-{year}", f"{day:02}/{month:02}/{year}", f"{year}-{month:02}-{day:02} {day:02}:45:30",
        f"{day} ខែ{MONTHS[month - 1]} ឆ្នាំ{year}", f"{day:02}.{month:02}.{year}", f"{year}{month:02}{day:02}",
    )  # fmt: skip
    return written(random, random.choice(forms))


def _amount(random: Random) -> str:
    mark = random.choice(".,")
    groups = [str(random.randint(1, 999)), *(digits(random, 3) for _ in range(random.randint(1, 3)))]
    return written(random, random.choice((mark.join(groups), f"{random.randint(1, 999)}000000")))


def _isbn(random: Random) -> str:
    return random.choice((f"978-{digits(random, 1)}-{digits(random, 4)}-{digits(random, 4)}-{digits(random, 1)}",
                          f"978{digits(random, 10)}", f"0{digits(random, 9)}"))  # fmt: skip


def _law(random: Random) -> str:
    forms = (
        f"នស/រកម/{digits(random, 4)}/{digits(random, 3)}",
        f"{digits(random, 3)} អនក្រ.បក",
        f"{digits(random, 2)}/{digits(random, 3)}",
    )
    return written(random, random.choice(forms))


def _years(random: Random) -> str:
    year = random.randint(1950, 2020)
    return written(
        random, random.choice((f"{year}-{year + 5}", f"{year} {year + 1} {year + 2}", f"{year}–{year + 1}"))
    )


RESEMBLING: Final[tuple[tuple[Maker, tuple[str, ...]], ...]] = (
    (_date, ("នៅថ្ងៃទី {} វេលាព្រឹក", "ចេញផ្សាយ {}", "ថ្ងៃកំណើតសាលា {}", "ទូរស័ព្ទម៉ូដែលថ្មីចេញនៅ {}")),
    (_amount, ("តម្លៃ {} រៀល", "ថវិកា {} ដុល្លារ", "ប្រជាជន {} នាក់", "គណនីមានប្រាក់ {} រៀល",
               "ផ្ទៃដី {} ម៉ែត្រការ៉េ")),
    (_isbn, ("ISBN {}", "ISBN: {}")),
    (_law, ("ច្បាប់លេខ {}", "ព្រះរាជក្រមលេខ {} ចុះថ្ងៃ", "ប្រកាសលេខ {}")),
    (_years, ("ផែនការ {}", "ឆ្នាំ {}", "អត្តសញ្ញាណជាតិ {}")),
    (lambda r: f"{r.randint(0, 9)}-{r.randint(0, 9)} {r.randint(0, 9)}-{r.randint(0, 9)}", ("ឈ្នះ {}", "លទ្ធផល {}")),
    (lambda r: f"{r.randint(1, 12)}.{r.randint(0, 20)}.{r.randint(1000, 99999)}.{r.randint(0, 300)}",
     ("កំណែ {}", "Chrome {}")),
    (lambda r: f"{r.randint(1, 9)}.{r.randint(1, 9)}.{r.randint(1, 9)}.{r.randint(1, 9)}", ("ចំណុច {}", "ជំពូក {} ស្តីពី")),
    (lambda r: f"11.{digits(r, 6)}, 104.{digits(r, 7)}", ("ទីតាំង {}", "GPS {}")),
    (lambda r: f"{r.randint(1, 9)}{digits(r, r.choice((7, 9, 10)))}",
     ("លេខកូដ {}", "លេខសំណុំរឿង {}", "លេខវិក្កយបត្រ {}")),
    (lambda r: f"{r.randint(1, 9)}{r.choice('SGDK')}-{digits(r, 4)}", ("ម៉ាស៊ីន {}", "ម៉ូដែល {}")),
    (lambda r: f"A{digits(r, 8)}", ("លេខផលិតផល {}", "កូដ {}")),
    (lambda r: f"http://sala.example/{r.randint(2000, 2026)}/0{digits(r, 8)}.html", ("{}", "អានបន្ត {}")),
    (lambda r: f"{r.choice(('192.168', '10.0'))}.{r.randint(0, 255)}.{r.randint(1, 254)}", ("ម៉ាស៊ីនក្នុងផ្ទះ {}",)),
    (lambda r: f"{r.randint(4000, 4200)},{r.randint(10, 99)}", ("១ ដុល្លារស្មើ {} រៀល", "អត្រាប្តូរប្រាក់ {}")),
    (lambda r: r.choice(("117", "119", "1280", "118", "1288")), ("ទូរស័ព្ទបន្ទាន់ {}", "ហៅលេខ {}")),
    (lambda r: r.choice(("@media", "@sala", "groups/12345678", "#ខ្មែរ2020")), ("ពាក្យ {}",)),
    (lambda r: written(r, f"{r.randint(1, 12)}:{digits(r, 2)}:{digits(r, 2)} {r.randint(1, 9)}/{digits(r, 2)}"),
     ("ម៉ោង {}",)),
)  # fmt: skip
