"""Which language a document is in, and whether what is written in Khmer script is Khmer."""
