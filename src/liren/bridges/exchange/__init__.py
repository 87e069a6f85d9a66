"""Exchange: what other systems are told of, signed and kept until it arrived."""
