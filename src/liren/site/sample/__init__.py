"""The sample street: an invented district, street, people and ninety days of their life, the same for the same seed."""
