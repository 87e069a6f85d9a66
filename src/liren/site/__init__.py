"""Settings, urls, wiring, commands."""
