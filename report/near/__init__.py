"""The documents near a document: look-ups in the index of duplicates."""
