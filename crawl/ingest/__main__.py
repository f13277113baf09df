"""`python -m crawl.ingest run=NAME key=value …`"""

from corpus.cli import main
from crawl.ingest.stage import STAGE

if __name__ == "__main__":
    main(STAGE)
