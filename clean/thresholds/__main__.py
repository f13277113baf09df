"""`python -m clean.thresholds run=NAME`: the measured distribution behind every rule."""

from clean.thresholds.stage import STAGE
from corpus.cli import main

if __name__ == "__main__":
    main(STAGE)
