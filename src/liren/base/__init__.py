"""What every register and room stands on: ledger, vault, jobs, access, files, search."""
