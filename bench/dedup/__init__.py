"""What the deduplication stage claims, a room for each part: every module gives `rows()`."""
