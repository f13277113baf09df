"""Written by `python -m clean.learn.quality`.

Of each score least, most, mean, spread, weight; a bias for poor, readable and good.
"""

WEIGHTS = {
    "c4_longest_ascii_run": (0.0, 4.6423, 1.7144, 1.2037, -0.44),
    "c4_long_lines": (0.0, 2.1897, 0.3328, 0.4352, 0.4239),
    "c4_ended_line_share": (0.0, 1.0, 0.4048, 0.4746, 0.6735),
    "fineweb_lines_per_word": (0.0032, 0.2396, 0.0506, 0.0407, -0.3514),
    "fineweb_stop_word_rate": (0.0, 16.6505, 6.646, 3.9795, 0.2573),
    "gopher_bullet_line_share": (0.0, 0.5681, 0.0089, 0.067, 0.1356),
    "gopher_ellipsis_line_share": (0.0, 1.0, 0.0592, 0.2332, 0.17),
    "keywords_listed_share": (0.0, 0.9877, 0.0258, 0.1436, -0.3973),
    "khmer_digit_share": (0.0, 0.2173, 0.0391, 0.054, -0.356),
    "khmer_punctuation_share": (0.0, 0.195, 0.0385, 0.0419, -0.3634),
    "language_pair_fit": (6.4362, 11.0231, 9.1373, 0.8452, 0.2249),
    "machine_translated": (0.0, 0.9066, 0.0532, 0.1451, -0.3801),
    "perplexity_bits_per_cluster": (2.7276, 7.0591, 4.4052, 0.9127, -0.194),
}
BIASES = (3.5921, 0.3359, -1.9115)
