"""Written by `python -m clean.learn.quality`.

Of each score least, most, mean, spread, weight; a bias for poor, readable and good.
"""

WEIGHTS = {
    "c4_longest_ascii_run": (0.0, 4.6423, 1.7144, 1.2037, -0.4397),
    "c4_long_lines": (0.0, 2.1897, 0.3328, 0.4352, 0.4238),
    "c4_ended_line_share": (0.0, 1.0, 0.4048, 0.4746, 0.6741),
    "fineweb_lines_per_word": (0.0032, 0.2396, 0.0506, 0.0407, -0.3516),
    "fineweb_stop_word_rate": (0.0, 16.6505, 6.646, 3.9795, 0.2574),
    "gopher_bullet_line_share": (0.0, 0.5681, 0.0089, 0.067, 0.1351),
    "gopher_ellipsis_line_share": (0.0, 1.0, 0.0592, 0.2332, 0.1721),
    "keywords_listed_share": (0.0, 0.9877, 0.0258, 0.1436, -0.3982),
    "khmer_digit_share": (0.0, 0.2173, 0.0391, 0.054, -0.357),
    "khmer_punctuation_share": (0.0, 0.195, 0.0385, 0.0419, -0.3626),
    "language_pair_fit": (6.3829, 11.008, 9.1396, 0.8501, 0.2251),
    "machine_translated": (0.0, 0.9087, 0.0533, 0.1457, -0.3797),
    "perplexity_bits_per_cluster": (2.7276, 7.0591, 4.4056, 0.9131, -0.193),
}
BIASES = (3.592, 0.3353, -1.9113)
