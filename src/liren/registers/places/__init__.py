"""The tree of places with dates and codes; address to place, point to grid."""
