"""What a site allows: robots.txt, reservations of rights, and how we say who we are."""
