"""Thresholds held against the scores of a run: what each drops, what it drops alone, and what lies next to it."""
