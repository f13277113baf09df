"""The same small model on the same tokens of one source: unfiltered, by FineWeb2's rules, by ours."""
