"""The leader's face: what needs a leader first, then how the office stands. Read only."""
