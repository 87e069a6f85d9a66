"""The sheet and its parts, shared by all faces."""
