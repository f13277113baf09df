"""An embedded Khmer web of many hosts, served on loopback, of which the right outcome of every page is known."""
