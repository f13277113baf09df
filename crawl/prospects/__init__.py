"""How far each registered dataset could bring the corpus toward its target, and what is left for the crawl."""
