"""The duty list, the taxonomy of demands, handling limits, reply templates."""
