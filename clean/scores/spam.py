"""Gambling and adult advertising, told from reports about it.

The words are what the advertisements say to their reader (join, deposit, win, free, live chat); a single one of
them is common in news. So terms count only in company, within a passage: at least three different ones, one of them
a name of what is sold, and fewer signs of a report (police, court, arrest, law, health) than of an advertisement.
A score is of the passage where such terms stand densest, so that an advertisement set into an article is found.

Own lists. Over a rate of 1 are, of 385,560 paragraphs of web text, 551 for gambling (of 60 read by eye one was no
advertisement) and 65 for adult (2 of them reports), and none of 6,446 documents of news, encyclopedia, tales and help.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clean.scores.phrases import Groups, phrase_counts, phrase_matches
from clean.scores.texts import Floats, Integers, Texts, ratio


class Terms(NamedTuple):
    """What an advertisement names, what it says around that, and words that hold such a term but are none."""

    names: Groups
    offers: Groups
    others: tuple[str, ...]


GAMBLING: Final = Terms(
    names=(
        ("កាស៊ីណូអនឡាញ", "កាស៊ីណូផ្ទាល់", "កាស៊ីណូលើបណ្តាញ", "កាស៊ីណូបន្តផ្ទាល់", "កាស៊ីណូទូរស័ព្ទ", "online casino*"),
        ("កាស៊ីណូ", "*casino*"),
        ("បាការ៉ាត់", "បាខារ៉ាត់", "ប៉ាការ៉ាត់", "បាការ៉ា", "បាកាត់", "baccarat*"),
        ("ស្លុត", "ស្លត", "slot", "slots"),
        ("រ៉ូឡែត", "រ៉ូលែត", "រ៉ូលេត", "រ៉ូឡេត", "រូឡែត", "roulette*"),
        ("ប្លេកជេក", "ប្លែកជេក", "ប្លែកជែក", "blackjack", "black jack"),
        ("ប៉ូគឺ", "ប៉ូកឺ", "ប៉ូកែរ", "ហ្គេមបៀ", "ល្បែងបៀ", "បៀអនឡាញ", "អ្នកចែកបៀ", "poker*"),
        ("ជេកផត", "ចេកផត", "jackpot*"),
        ("ភ្នាល់បាល់", "ភ្នាល់កីឡា", "ភ្នាល់អនឡាញ", "sports betting", "sportsbook"),
        ("ល្បែងអនឡាញ", "ហ្គេមស៊ីសង", "ហ្គេមភ្នាល់", "ល្បែងលើបណ្តាញ", "online gambling"),
        ("sic bo", "sicbo", "fantan", "fan tan", "dragon tiger", "dragontiger", "keno", "គីណូ", "ហ្វាន់តាន់"),
        ("បង្វិលឥតគិតថ្លៃ", "បង្វិលដោយឥតគិតថ្លៃ", "បង្វិលហ្វ្រី", "free spin*", "freespin*"),
        ("ក្រេឌីតឥតគិតថ្លៃ", "ក្រេឌីតហ្វ្រី", "free credit*"),
        (
            "sbobet*", "ufabet*", "w88*", "188bet*", "1xbet*", "bet365*", "m88*", "fun88*", "gclub*", "ae88*", "jdb*",
            "pgslot*", "pg slot", "joker123*", "lucky89*", "22bet*", "vulkanbet*", "ibet*", "na88*", "m8bet*",
        ),
    ),
    offers=(
        ("ដាក់ប្រាក់", "ដាក់លុយ", "បញ្ចូលប្រាក់", "ដាក់ដកប្រាក់", "deposit*"),
        ("ដកប្រាក់", "ដកលុយ", "withdraw*"),
        ("ប្រាក់បន្ថែម", "ប្រាក់រង្វាន់", "ប្រាក់លើកទឹកចិត្ត", "ប្រូម៉ូសិន", "bonus*"),
        ("ក្រេឌីត", "credit*"),
        ("ការបង្វិល", "បង្វិលបន្ថែម", "spin*"),
        ("សមាជិកថ្មី", "អ្នកលេងថ្មី", "អតិថិជនថ្មី", "new member*"),
        ("ឈ្នះលុយ", "ឈ្នះប្រាក់", "ឈ្នះរង្វាន់ធំ", "ឈ្នះឥឡូវ", "ឈ្នះធំ"),
        ("លុយពិត", "ប្រាក់ពិត", "សាច់ប្រាក់ពិត", "real money"),
        ("អត្រាបង់ប្រាក់", "មិនកាត់កម្រៃ", "អត្រាឈ្នះ", "ហាងឆេង"),
        ("ភ្នាល់", "bet", "betting"),
        ("លេងល្បែង", "លេងហ្គេម", "ហ្គេម"),
        ("ចុះឈ្មោះ", "បើកគណនី", "register", "sign up", "login"),
        ("ផ្សាយផ្ទាល់", "ផ្សាយបន្តផ្ទាល់", "live"),
        ("២៤ ម៉ោង", "២៤ម៉ោង", "24 ម៉ោង", "24ម៉ោង", "24/7", "២៤/៧"),
        ("ភ្នាក់ងារផ្លូវការ", "គេហទំព័រផ្លូវការ", "វេបសាយផ្លូវការ", "telegram", "តេឡេក្រាម"),
        ("មាន់ជល់", "ជល់មាន់"),
        ("ខ្លាឃ្លោក", "នាគខ្លា", "ខ្លានាគ"),
        ("ឆ្នោតអនឡាញ", "ឆ្នោតយួន", "ចាក់ឆ្នោត", "ឡូតូ", "ចាក់បាល់"),
        ("បាញ់ត្រី",),
    ),
    others=("តក់ស្លុត", "ភ្ញាក់ស្លុត", "រន្ធត់ស្លុត", "រ៉ូឡែតជជែក", "ជជែករ៉ូឡែត"),
)  # fmt: skip
ADULT: Final = Terms(
    names=(
        ("វេបខេម", "webcam*", "livecam*", "live cam*", "camgirl*"),
        ("ជជែករ៉ូឡែត", "រ៉ូឡែតជជែក", "chatroulette", "chat roulette"),
        ("ជជែកវីដេអូ", "វីដេអូជជែក", "ជជែកផ្លូវភេទ", "video chat", "sex chat"),
        ("មើលវីដេអូសិច", "ទាញយកវីដេអូសិច", "វីដេអូសិចខ្មែរ", "រឿងសិចខ្មែរ", "ឈុតសិច", "*porn*", "xxx", "bokep*"),
        ("មិត្តស្រីកម្សាន្ត", "ស្រីកម្សាន្ត", "នារីកម្សាន្ត", "កម្សាន្តយប់", "នារីរាត្រី", "escort*"),
        ("ម៉ាស្សាពិសេស", "ម៉ាស្សាដល់", "ម៉ាស្សាសិច", "សេវាពិសេសដល់បន្ទប់", "សេវាដល់បន្ទប់"),
        ("គេហទំព័រណាត់ជួប", "បណ្តាញណាត់ជួប", "កម្មវិធីណាត់ជួប", "ណាត់ជួបឥតគិតថ្លៃ", "ណាត់ជួបផ្លូវភេទ", "ណាត់ជួបរួមភេទ", "dating"),
        ("viagra*", "cialis*", "បង្កើនកម្លាំងបុរស", "បង្កើនសមត្ថភាពបុរស", "ពង្រីកលិង្គ", "ថ្នាំពន្យារពេលបុរស"),
    ),
    offers=(
        ("សិច", "សិចស៊ី", "sex", "sexy", "រឿងសិច", "វីដេអូសិច"),
        ("អាសអាភាស", "ស្រាត", "អាក្រាត", "nude*"),
        ("ចុយ", "ក្តួយ", "ក្តិត", "រួមរ័ក", "រួមភេទ"),
        ("មនុស្សពេញវ័យ", "អាយុលើស ១៨", "អាយុលើស១៨", "អាយុលើស 18", "18+", "១៨+", "+18", "adult"),
        ("នារីស្រស់ស្អាត", "នារីជ្រើសរើស", "មាននារី", "ក្មេងស្រី", "ស្រីស្អាត", "នារីស្អាត", "នារីវ័យក្មេង", "girls"),
        ("កាមេរ៉ាផ្ទាល់", "ផ្សាយផ្ទាល់", "ផ្សាយបន្តផ្ទាល់", "live"),
        ("ក្រុមសម្ងាត់", "ដោយសម្ងាត់", "រក្សាការសម្ងាត់", "សម្ងាត់បំផុត"),
        ("ណាត់ជួប", "ជួបជុំ"),
        ("ចុះឈ្មោះ", "ឥតគិតថ្លៃ", "free"),
        ("ជជែក", "chat"),
        ("ផ្លូវភេទ", "តណ្ហា", "ស្រើបស្រាល"),
        ("តាមសណ្ឋាគារ", "ដល់សណ្ឋាគារ", "ដល់បន្ទប់", "telegram", "តេឡេក្រាម", "ចូលក្រុម", "ចុចតំណ"),
        ("វីដេអូក្តៅ", "ក្តៅៗ", "វីដេអូលេច", "ឈុតក្តៅ", "video*"),
        ("មិត្តភក្តិថ្មី", "មនុស្សថ្មី", "ជួបមនុស្ស", "ក្តីស្រឡាញ់"),
        ("លិង្គ", "កម្លាំងបុរស", "សមត្ថភាពបុរស", "សមត្ថភាពផ្លូវភេទ"),
    ),
    others=(),
)  # fmt: skip
REPORT: Final = (
    "សមត្ថកិច្ច", "នគរបាល", "ប៉ូលិស", "តុលាការ", "ព្រះរាជអាជ្ញា", "ឃាត់ខ្លួន", "ចាប់ខ្លួន", "បង្ក្រាប", "ជនសង្ស័យ", "ជនល្មើស",
    "ពិរុទ្ធ", "រំលោភ", "ខុសច្បាប់", "អនុវត្តច្បាប់", "អាជ្ញាធរ", "ក្រសួង", "វេជ្ជបណ្ឌិត", "គ្រូពេទ្យ", "ជំងឺ", "បានឲ្យដឹង",
    "បានឱ្យដឹង", "បានប្រាប់", "បានបញ្ជាក់", "រាយការណ៍", "អភិបាល", "ប្រជាពលរដ្ឋ", "តារា", "រដ្ឋាភិបាល", "ជនរងគ្រោះ", "រងគ្រោះ",
    "ចោទប្រកាន់", "ពន្ធនាគារ", "ល្មើស", "សាស្ត្រាចារ្យ", "ស្រាវជ្រាវ", "គណបក្ស", "បោះឆ្នោត", "សុខភាព", "មេរោគ", "កុមារ",
    "ប្រភព", "ខណ្ឌ", "សង្កាត់", "រាជធានី", "ខេត្ត", "សម្តេច", "ប្តី", "ប្រពន្ធ", "សម្លាប់", "នាយករដ្ឋមន្ត្រី", "រដ្ឋមន្ត្រី", "ពិព័រណ៍",
    "មូលដ្ឋាន", "អធិការ", "គោលនយោបាយ", "លុបបំបាត់", "វត្ថុតាង", "ចាប់យក", "រឹបអូស", "ដកហូត",
)  # fmt: skip
LEAST_TERMS: Final = 3
REPORT_WEIGHT: Final = 2
BLOCK_BYTES: Final = 750  # a passage is two of them: about 260 clusters
BYTES_PER_CLUSTER: Final = 5.8


def gambling_rate(texts: Texts) -> Floats:
    """Words of gambling advertisements per 100 clusters of the passage with most, less words of reports."""
    return _rate(texts, GAMBLING)


def adult_rate(texts: Texts) -> Floats:
    """Words of adult advertisements per 100 clusters of the passage with most, less words of reports."""
    return _rate(texts, ADULT)


def _rate(texts: Texts, terms: Terms) -> Floats:
    groups = (*terms.names, *terms.offers, REPORT, terms.others)
    n_names, n_terms = len(terms.names), len(terms.names) + len(terms.offers)
    named = texts.names_advertised
    found = np.zeros((len(texts), len(groups)), bool)
    found[named] = phrase_counts(texts.text.filter(pa.array(named)), groups) > 0
    suspected = found[:, :n_names].any(axis=1) & (found[:, :n_terms].sum(axis=1) >= LEAST_TERMS)
    rates = np.zeros(len(texts))
    if suspected.any():
        passages = _passages(texts.text.filter(pa.array(suspected)), groups)
        n_different = (passages.counts[:, :n_terms] > 0).sum(axis=1)
        company = (n_different >= LEAST_TERMS) & passages.counts[:, :n_names].any(axis=1)
        n_reports = REPORT_WEIGHT * passages.counts[:, n_terms]
        excess = np.maximum(passages.counts[:, :n_terms].sum(axis=1) - n_reports, 0)
        densities = ratio(100.0 * BYTES_PER_CLUSTER * excess * company, passages.n_bytes)
        rates[suspected] = np.maximum.reduceat(densities, passages.first)
    return rates


class _Passages(NamedTuple):
    """Passages of texts: every two blocks side by side, or the only block; `first` is the first of each text."""

    counts: Integers  # (passages, groups)
    n_bytes: Integers  # (passages,)
    first: Integers  # (n,)


def _passages(column: pa.LargeStringArray, groups: Groups) -> _Passages:
    matches = phrase_matches(column, groups)
    n_bytes = np.asarray(pc.binary_length(column))
    n_blocks = np.maximum(-(-n_bytes // BLOCK_BYTES), 1)
    ends = np.cumsum(n_blocks)
    first = ends - n_blocks
    counts = np.zeros((ends[-1], len(groups)), np.int64)
    np.add.at(counts, (first[matches.text] + matches.start // BLOCK_BYTES, matches.group), 1)
    sizes = np.full(ends[-1], BLOCK_BYTES)
    sizes[ends - 1] = n_bytes - (n_blocks - 1) * BLOCK_BYTES
    is_last = np.zeros(ends[-1], bool)
    is_last[ends - 1] = True
    both, both_sizes = counts.copy(), sizes.copy()
    both[:-1] += counts[1:] * ~is_last[:-1, None]
    both_sizes[:-1] += sizes[1:] * ~is_last[:-1]
    opens = ~is_last
    opens[ends[n_blocks == 1] - 1] = True
    n_passages = np.maximum(n_blocks - 1, 1)
    return _Passages(both[opens], both_sizes[opens], np.cumsum(n_passages) - n_passages)
