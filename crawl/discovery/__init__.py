"""What a site offers to be read: links, sitemaps, feeds, and the open interfaces of its software."""
