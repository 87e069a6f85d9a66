"""Disclosure, insight and exchange will stand here."""
