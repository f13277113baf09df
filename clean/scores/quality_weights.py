"""Written by `python -m clean.learn.quality`. Scores: least, most, mean, spread, weight. Biases: poor, readable, good."""

WEIGHTS = {
    "khmer_khmer_chars": (4.0709, 9.2503, 5.5728, 1.1382, 0.2018),
    "c4_sentence_ends": (0.0, 4.6609, 1.0312, 1.009, 0.0918),
    "khmer_khmer_share": (0.6038, 1.0, 0.9442, 0.0987, 0.134),
    "khmer_latin_share": (0.0, 0.3732, 0.0528, 0.093, -0.106),
    "khmer_digit_share": (0.0, 0.1644, 0.0199, 0.0366, -0.3241),
    "khmer_punctuation_share": (0.0, 0.1419, 0.0199, 0.0221, -0.344),
    "c4_ended_line_share": (0.0, 1.0, 0.58, 0.4692, 0.4373),
    "fineweb_lines_per_word": (0.0033, 0.1857, 0.0429, 0.0364, -0.6682),
    "fineweb_stop_word_rate": (0.0, 16.8524, 7.3502, 3.7347, 0.2316),
    "perplexity_bits_per_cluster": (2.7271, 7.0209, 4.2602, 0.8611, -0.2483),
    "language_mixed_line_share": (0.0, 1.0, 0.1774, 0.376, -0.2191),
    "language_pair_fit": (6.3356, 11.1142, 9.1634, 0.8217, 0.1451),
}
BIASES = (4.2773, 1.2275, -0.9378)
