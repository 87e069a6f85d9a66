"""Accounts, sessions, second factor, devices, grants, throttles. Knows nothing of people."""
