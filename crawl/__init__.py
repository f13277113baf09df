"""The web → WARC, and what others gathered → documents."""
