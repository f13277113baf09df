"""The stage `commoncrawl`: what Common Crawl gathered in Khmer → WARC files of ours, each record as it stands there."""
