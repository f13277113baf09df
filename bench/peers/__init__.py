"""What the peers' own environment runs (`make bench-peers`): `python -m bench.peers.NAME`, texts in, JSON out."""
