"""Rooms that measure the crawl: each has `rows()`."""
