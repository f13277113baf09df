"""Ledgers and shards become a dashboard, a data card, and the story of one URL."""
