"""One adapter per way of reaching a resident; quiet hours, receipts, dead letters."""
