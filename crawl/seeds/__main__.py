"""`python -m crawl.seeds run=NAME contact=ADDRESS key=value …`"""

from corpus.cli import main
from crawl.seeds.stage import STAGE

if __name__ == "__main__":
    main(STAGE)
