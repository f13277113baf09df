"""`python -m tokenizer run=NAME …`."""

from corpus.cli import main
from tokenizer.stage import STAGE

if __name__ == "__main__":
    main(STAGE)
