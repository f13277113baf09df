"""Documents that hold items of benchmarks, found by n-grams of orthographic clusters."""
