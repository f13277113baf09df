"""`python -m dedup run=NAME …`."""

from corpus.cli import main
from dedup.stage import STAGE

if __name__ == "__main__":
    main(STAGE)
