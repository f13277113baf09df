"""Seeds: the Khmer hosts that are known, what is known of them, and a look at how they stand today."""
