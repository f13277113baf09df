"""Lines, paragraphs and long runs of units that stand in several documents: the best one keeps them."""
