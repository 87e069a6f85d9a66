"""Bridges: exchange speaks to other systems. Disclosure and insight will stand beside it."""
