"""Mathematics as pure functions over arrays and strings; each names its source."""
