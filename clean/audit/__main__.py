"""`python -m clean.audit run=NAME`: what FineWeb2's rules and ours would keep of the same documents."""

from clean.audit.stage import STAGE
from corpus.cli import main

if __name__ == "__main__":
    main(STAGE)
