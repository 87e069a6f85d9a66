"""Cases of another system brought in by table: what each column means is a mapping file, never code."""
