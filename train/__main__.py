"""`python -m train run=NAME …`."""

from corpus.cli import main
from train.stage import STAGE

if __name__ == "__main__":
    main(STAGE)
