"""Readers of what others gathered: WARC files, files of rows, `datasets`; one record at a time, faults on the side."""
