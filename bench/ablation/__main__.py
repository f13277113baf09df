"""`python -m bench.ablation run=NAME`: does a filter make a better model?"""

from bench.ablation.stage import STAGE
from corpus.cli import main

if __name__ == "__main__":
    main(STAGE)
