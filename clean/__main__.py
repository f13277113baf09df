"""`python -m clean run=NAME`: web records and imported texts become documents."""

from clean.stage import STAGE
from corpus.cli import main

if __name__ == "__main__":
    main(STAGE)
