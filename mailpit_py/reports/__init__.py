"""Machine-readable mail: delivery reports, complaints, automatic replies and receipts, built and read."""
