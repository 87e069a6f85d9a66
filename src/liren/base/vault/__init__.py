"""Sealed text and files, with a purpose for every reveal and a key that can be destroyed."""
