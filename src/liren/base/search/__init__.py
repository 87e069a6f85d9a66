"""A bigram index with scope columns."""
