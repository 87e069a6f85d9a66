"""Tables of advice."""
