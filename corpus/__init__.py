"""The floor that every stage stands on: documents, shards, the ledger, the stage runner, the command line."""
