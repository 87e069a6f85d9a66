"""The public face: what everybody may read of the work, without signing in."""
