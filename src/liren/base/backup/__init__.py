"""Copies of everything Liren keeps, proven by restoring them: made, rotated, restored, drilled, looked after."""
