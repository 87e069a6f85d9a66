"""The sample street: an invented street, its people and ninety days of their life, the same for a seed."""
