"""From a payload to main text, metadata and facts about the page."""
