"""Side-by-side measurements; nothing here is a test and nothing asserts a time."""
