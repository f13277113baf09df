"""Gambling and adult advertising, told from reports about it.

The words are what the advertisements say to their reader (join, deposit, win, free, live chat); a single one of
them is common in news. So a term counts only in company: at least three different ones, and fewer signs of a report
(police, court, arrest, law, health) than of an advertisement. Own lists: on 385,560 paragraphs of web text they mark
97 at a rate over 1; of 45 of these read by eye 2 were reports, and no article of 1,594 news articles is marked.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from clean.scores.texts import Floats, Texts, ratio

GAMBLING: Final = (
    "កាស៊ីណូអនឡាញ|កាស៊ីណូផ្ទាល់|(?i:casino)", "ល្បែង(?:ស៊ីសង)?អនឡាញ|លេងល្បែង", "ភ្នាល់(?:បាល់|កីឡា|អនឡាញ)",
    "បាការ៉ាត់|បាខារ៉ាត់|(?i:baccarat)", "ស្លុត|ស្លត|(?i:\\bslots?\\b)", "ជេកផត|(?i:jackpot)",
    "បង្វិលឥតគិតថ្លៃ|(?i:free ?spin)", "ដាក់ប្រាក់|(?i:deposit)", "ដកប្រាក់|(?i:withdraw)",
    "ក្រេឌីតឥតគិតថ្លៃ|ប្រាក់បន្ថែម|ប្រាក់រង្វាន់|(?i:bonus)", "សមាជិកថ្មី", "មាន់ជល់|ជល់មាន់",
    "ឆ្នោតអនឡាញ|ឆ្នោតយួន|ចាក់ឆ្នោត", "ហ្គេមបៀ|អ្នកចែកបៀ|បៀអនឡាញ|(?i:poker)", "ខ្លាឃ្លោក",
    "ឈ្នះ(?:លុយ|រង្វាន់ធំ|ឥឡូវនេះ)", "អត្រាបង់ប្រាក់|មិនកាត់កម្រៃ", "ហ្គេម(?:បាញ់ត្រី|ស៊ីសង)",
    "(?i:\\b(?:sbobet|ufabet|w88|188bet|1xbet|bet365)\\b)",
)  # fmt: skip
ADULT: Final = (
    "វេបខេម|កាមេរ៉ាផ្ទាល់|(?i:webcam)", "សិចស៊ី|វីដេអូសិច|រឿងសិច|(?i:\\bsexy?\\b|\\bxxx\\b|\\bporn)",
    "មនុស្សពេញវ័យ|អាយុលើស ?(?:១៨|18)|\\b18\\+", "ជជែក(?:វីដេអូ|ផ្លូវភេទ|វេបខេម)", "នារី(?:ស្រស់ស្អាត|ជ្រើសរើស)|មាននារី|ក្មេងស្រី",
    "មិត្តស្រីកម្សាន្ត|ស្រីកម្សាន្ត|កម្សាន្តយប់", "ម៉ាស្សា(?:ពិសេស|ដល់)", "សមត្ថភាពបុរស|ផ្លូវភេទ", "ក្រុមសម្ងាត់|ដោយសម្ងាត់",
    "ណាត់ជួប|ជួបជុំមនុស្សពេញវ័យ", "មិនចាំបាច់ចុះឈ្មោះ|ដោយឥតគិតថ្លៃ", "ក្តួយ|ក្តិត|ចុយ",
)  # fmt: skip
REPORT: Final = (
    "សមត្ថកិច្ច|នគរបាល|ប៉ូលិស|តុលាការ|ព្រះរាជអាជ្ញា|ឃាត់ខ្លួន|ចាប់ខ្លួន|បង្ក្រាប|ជនសង្ស័យ|ជនល្មើស|ពិរុទ្ធ|រំលោភ|ច្បាប់|អាជ្ញាធរ"
    "|ក្រសួង|វេជ្ជបណ្ឌិត|គ្រូពេទ្យ|ជំងឺ|បានឲ្យដឹង|បានឱ្យដឹង|បានប្រាប់|បានបញ្ជាក់|រាយការណ៍|អភិបាល|ប្រជាពលរដ្ឋ|កីឡាករ|ចម្រៀង|តារា"
)
LEAST_TERMS: Final = 3


def gambling_rate(texts: Texts) -> Floats:
    """Words of gambling advertisements per 100 clusters, less words of reports; 0 under three different terms."""
    return _rate(texts, GAMBLING)


def adult_rate(texts: Texts) -> Floats:
    """Words of adult advertisements per 100 clusters, less words of reports; 0 under three different terms."""
    return _rate(texts, ADULT)


def _rate(texts: Texts, terms: tuple[str, ...]) -> Floats:
    suspected = texts.matches("|".join(terms)) >= LEAST_TERMS
    chosen = texts.filter(suspected)
    counts = np.stack([chosen.matches(term) for term in terms])
    company = (counts > 0).sum(axis=0) >= LEAST_TERMS
    excess = np.maximum(counts.sum(axis=0) - chosen.matches(REPORT), 0) * company
    rates = np.zeros(len(texts))
    rates[suspected] = ratio(100.0 * excess, chosen.counts.n_clusters)
    return rates
