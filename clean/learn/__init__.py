"""Commands that make what clean ships: the n-gram model and the weights of the quality score."""
