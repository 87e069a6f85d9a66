"""Tables of vault."""
