# Sastra: a Khmer corpus and pretraining pipeline. `make help` lists what there is.
.DEFAULT_GOAL := help
SHELL := /bin/bash

PYTHON ?= python3
VENV ?= .venv
RUN ?= dev
ARGS ?=
PY := $(VENV)/bin/python
READY := $(VENV)/.ready
export HF_HUB_OFFLINE ?= 1
export TOKENIZERS_PARALLELISM ?= false

STAGES := crawl ingest clean dedup tokenizer train report
MODULE_ingest := crawl.ingest
module = $(or $(MODULE_$(1)),$(1))

PEERS := .venv-peers

.PHONY: help setup demo test lint types web real seeds commoncrawl plan-corpus decide thresholds audit agreement ablation explain bench bench-peers wipe near $(STAGES)

help: ## this list
	@grep -hE '^[a-z $$()A-Z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([^:]+):[^#]*## (.*)/\1\t\2/; s/\$$\(STAGES\)/crawl … report/' | awk -F'\t' '{printf "  make %-14s %s\n", $$1, $$2}'
	@echo "  stages: $(STAGES)   each takes RUN=name ARGS=\"key=value …\"; its options: ARGS=--help"

setup: $(READY) ## the virtual environment .venv, from pinned versions

$(READY): pyproject.toml constraints.txt
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@echo "installing pinned versions into $(VENV) (about two minutes the first time)"
	@$(PY) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt torch==2.13.0
	@$(PY) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@find . -name '.venv*' -prune -o -name '*.nb[ic]' -exec rm -f {} + # numba stops at what it compiled for a class that is gone
	@touch $@

demo: $(READY) ## the whole pipeline on the embedded Khmer web; ends with the dashboard's path
	@$(PY) -m demo run

test: $(READY) ## every test (real data where SASTRA_REAL_DATA names a folder)
	@$(PY) -m pytest

lint: $(READY) ## ruff, and the formatter's opinion
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

types: $(READY) ## mypy, strict
	@$(PY) -m mypy

# A dataset that ingest is told to read may be fetched; nothing else ever is.
ingest: export HF_HUB_OFFLINE = 0

$(STAGES): $(READY) ## one stage: make clean RUN=dev ARGS="page_seconds=30" (clean cleans text; wipe deletes)
	@$(PY) -m $(call module,$@) run=$(RUN) $(ARGS)

seeds: $(READY) ## a polite look at every seed: reach, rules, reservations, feeds: make seeds ARGS="contact=mailto:…"
	@$(PY) -m crawl.seeds run=$(RUN) $(ARGS)

commoncrawl: $(READY) ## Khmer pages that Common Crawl holds, as WARC files that ingest reads
	@$(PY) -m crawl.commoncrawl run=$(RUN) $(ARGS)

plan-corpus: $(READY) ## how far open datasets reach toward 2B tokens, and what is left (RUN=… for measured rates)
	@$(PY) -m crawl.prospects $(if $(filter command line environment,$(origin RUN)),run=$(RUN)) $(ARGS)

web: RUN = web
web: $(READY) ## a run over DATA/web/dev_web.warc.gz alone: ingest, clean, dedup, report
	@test -d "$(DATA)" || { echo "web: DATA=$(DATA) is not a folder. Try: make web DATA=/path/to/data" >&2; exit 2; }
	@for stage in crawl.ingest clean dedup; do $(PY) -m $$stage run=$(RUN) recipe=web $$([ $$stage = crawl.ingest ] && echo data=$(DATA)) || exit $$?; done
	@$(PY) -m report run=$(RUN) recipe=web

real: RUN = real
real: $(READY) ## the whole pipeline on a folder of WARC files and corpora: make real DATA=/path/to/data
	@test -d "$(DATA)" || { echo "real: DATA=$(DATA) is not a folder. Try: make real DATA=/path/to/data" >&2; exit 2; }
	@$(PY) -m demo real data=$(DATA) run=$(RUN)

decide: $(READY) ## what other thresholds would keep, from stored scores: make decide RUN=real ARGS="rules.16.below=30"
	@$(PY) -m clean.replay run=$(RUN) $(ARGS)

thresholds: $(READY) ## the distribution behind every rule, by source, and the documents next to it
	@$(PY) -m clean.thresholds run=$(RUN) $(ARGS)

audit: $(READY) $(PEERS)/.ready ## our decisions beside FineWeb2's on the same documents, and sheets for judges
	@$(PY) -m clean.audit run=$(RUN) $(ARGS)

agreement: $(READY) ## how far judges agree: make agreement RUN=real SHEETS="judge-1.csv judge-2.csv"
	@$(PY) -m clean.audit.agreement run=$(RUN) $(SHEETS)

ablation: $(READY) $(PEERS)/.ready ## the same small model on text unfiltered, by FineWeb2's rules, by ours (half an hour)
	@$(PY) -m bench.ablation run=$(RUN) $(ARGS)

explain: $(READY) ## the story of one document: make explain RUN=demo URL=http://…
	@$(PY) -m report.explain run=$(RUN) url="$(URL)"

near: $(READY) ## the documents near a document, and what differs: make near RUN=real URL=http://… (or ID=…)
	@$(PY) -m report.near run=$(RUN) $(if $(ID),id=$(ID),url="$(URL)")

bench: $(READY) ## speed beside peers, with floors: make bench AREA=dedup
	@$(PY) -m bench $(or $(AREA),clean) $(ARGS)

bench-peers: $(PEERS)/.ready ## the environment of those peers that need one of their own

$(PEERS)/.ready: bench/peers/requirements.txt bench/peers/without_dependencies.txt
	@test -x $(PEERS)/bin/python || $(PYTHON) -m venv $(PEERS)
	@echo "installing pinned versions into $(PEERS)"
	@$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --requirement bench/peers/without_dependencies.txt
	@touch $@

wipe: ## delete a run: make wipe RUN=demo
	@test -n "$(RUN)" && rm -rf -- "runs/$(RUN)" && echo "deleted runs/$(RUN)"
