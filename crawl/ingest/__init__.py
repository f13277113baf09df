"""The stage `ingest`: what was crawled, and what others gathered → records with source, licence, rights and origin."""
