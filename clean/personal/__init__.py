"""Personal data found, masked by kind, and counted.

Names of people are not looked for: without context a Khmer name is common words, and news is about people.
"""

from clean.personal.find import find
from clean.personal.kinds import PLACEHOLDERS, Kind, Span
from clean.personal.masking import SPANS, Masked, mask, mask_text

__all__ = ["PLACEHOLDERS", "SPANS", "Kind", "Masked", "Span", "find", "mask", "mask_text"]
