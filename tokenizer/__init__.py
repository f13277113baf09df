"""Documents → a Khmer tokenizer that never guesses at words, and token shards ready for training."""
