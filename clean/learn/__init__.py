"""Commands that make what clean ships; each says with --help what it reads.

`blocks` fits how likely each block of a page is main text: clean/extract/content_weights.py.
`language` learns the pairs of Khmer clusters and the letters of languages in Khmer script: clean/language/model.npz.
`machine` fits the signs of machine translation: clean/scores/machine_weights.py.
`quality` fits what a reader would think of a text, from its scores: clean/scores/quality_weights.py.
`perplexity` estimates the n-gram model: clean/ngram/khmer.safetensors.
"""
