"""An n-gram model over the units of `khmer.clusters.unit_hashes`: estimated, packed into a file, looked up."""
