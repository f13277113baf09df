"""The Khmer script: clusters, canonical order, validity, sentence ends, numerals and legacy fonts.

Nothing is imported here: `khmer.normalize` and `khmer.clusters` load numba on first use.
"""
