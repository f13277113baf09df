"""Crawlers that gather text to train models: what robots.txt says to them, it says of training.

github.com/ai-robots-txt/ai.robots.txt as of 22 August 2026 lists 166 agents of the AI industry. Here are those of
which it says that what they fetch is used to train models or sold as data for it, and Scrapy, which this crawler
is built on; not those that fetch for a search engine, an assistant's user or a coding agent, for a site may refuse
these and still not mind being learnt from. `Spider`, `Code` and `Operator` are left out too: as tokens they are
words that sites use for any crawler.
"""

from __future__ import annotations

from typing import Final

AI_AGENTS: Final = (
    "AI2Bot",
    "Ai2Bot-Dolma",
    "Amazonbot",
    "anthropic-ai",
    "Applebot-Extended",
    "Brightbot",
    "Bytespider",
    "CCBot",
    "ChatGLM-Spider",
    "ClaudeBot",
    "cohere-training-data-crawler",
    "Cotoyogi",
    "DeepSeekBot",
    "Diffbot",
    "FacebookBot",
    "Factset_spyderbot",
    "FriendlyCrawler",
    "Google-Extended",
    "GPTBot",
    "ICC-Crawler",
    "img2dataset",
    "ISSCyberRiskCrawler",
    "Kangaroo Bot",
    "laion-huggingface-processor",
    "LAIONDownloader",
    "LCC",
    "Linguee Bot",
    "Meta-ExternalAgent",
    "omgili",
    "omgilibot",
    "PanguBot",
    "SBIntuitionsBot",
    "Scrapy",
    "Sidetrade indexer bot",
    "TikTokSpider",
    "Timpibot",
    "VelenPublicWebCrawler",
    "Webzio-Extended",
    "YandexAdditional",
    "YandexAdditionalBot",
)
