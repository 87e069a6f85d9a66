"""Append-only events without words or names, receipts that make every write idempotent, and delivery of
news upward.
"""
