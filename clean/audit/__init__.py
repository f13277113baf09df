"""Our decisions beside those of FineWeb2's Khmer rules, and both before human judges."""
