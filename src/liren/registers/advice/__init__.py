"""Every machine suggestion, with its reason, and what became of it."""
