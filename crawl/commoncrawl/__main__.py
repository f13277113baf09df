"""`python -m crawl.commoncrawl run=NAME contact=… crawls=[CC-MAIN-2026-05] …`"""

from corpus.cli import main
from crawl.commoncrawl.stage import STAGE

if __name__ == "__main__":
    main(STAGE)
