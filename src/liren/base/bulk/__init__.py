"""Many rows at once, as fast as the database takes them."""
