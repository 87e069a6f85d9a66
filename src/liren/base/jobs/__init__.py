"""Durable work: lease, attempts, backoff, schedule, dedupe, dead letters."""
