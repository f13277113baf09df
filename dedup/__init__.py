"""Documents → documents: of every set of copies, the best one stays."""
