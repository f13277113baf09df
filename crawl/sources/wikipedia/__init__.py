"""Wikipedia's dumps: articles as rows of plain text, each with the revision that it is."""
