"""`python -m report run=NAME …`: makes the report and prints where the dashboard is."""

import sys

from corpus.cli import configure, main
from corpus.stage import run_folder
from report.stage import PAGE, STAGE

if __name__ == "__main__":
    try:
        main(STAGE)
    except SystemExit as end:
        if end.code == 0 and not {"-h", "--help", "help"} & set(sys.argv):
            folder = run_folder(configure(STAGE, sys.argv[1:])).child(STAGE.name)
            sys.stdout.write(f"dashboard: {folder.at(PAGE)}\n")
        raise
