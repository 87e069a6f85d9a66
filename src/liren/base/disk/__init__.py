"""Files that are surely on disk, whole or not at all."""
