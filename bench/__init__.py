"""One command for each claim: `python -m bench AREA`, beside the peers, with floors in floors.yaml."""
