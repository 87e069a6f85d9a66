"""The open API: what a program may do, under /api/v1/, typed and told by its own OpenAPI 3.1 description."""
