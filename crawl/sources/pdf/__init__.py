"""PDF files: glyphs → lines → paragraphs of Khmer in its logical order, and whether they can be trusted."""
