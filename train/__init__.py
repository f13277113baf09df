"""Trains a causal language model on token shards, evaluates it and exports it."""
