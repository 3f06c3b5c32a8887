"""What can go wrong with a delivery, and when: pure decisions, with seed and time as arguments."""
