"""Datasets with Khmer text that others published: what each holds, under which licence, and how it is read."""
