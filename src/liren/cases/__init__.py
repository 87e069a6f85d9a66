"""The spine: every demand becomes a case, every requester a voice."""
