"""From a URL to the answer as it went over the wire: names, connections, HTTP, limits, bodies."""
