"""Photos and documents: sniffed, decoded apart, stripped, re-encoded, kept, forgotten."""
