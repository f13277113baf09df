"""Web records and imported texts become documents: extract, normalise, score, decide, mask."""
