"""Written by `python -m clean.extract.fit`."""

WEIGHTS = {
    "log_letters": 3.0196,
    "log_sentence_ends": 1.5418,
    "ends_sentence": 0.9522,
    "khmer_share": 3.3347,
    "khmer_contrast": 4.4368,
    "is_heading": -1.3381,
    "near_chrome_name": -1.0818,
    "in_chrome_name": -1.5079,
    "in_content_name": 0.503,
    "in_chrome_tag": -0.5572,
    "parent_score": 1.234,
    "grandparent_score": 0.8081,
    "parent_mass": 0.0974,
    "in_top": 1.893,
    "mass_before": -0.1981,
    "mass_around": 1.4904,
    "is_repeated": -0.1415,
    "is_short": -4.1176,
    "is_link": -0.9323,
}
BIAS = -7.739
