"""The public pages: the month, its cases, its map."""
