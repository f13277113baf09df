"""What is found by the keys of windows alone."""
