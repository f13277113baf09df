"""`python -m crawl run=NAME key=value …`"""

from corpus.cli import main
from crawl.stage import STAGE

if __name__ == "__main__":
    main(STAGE)
