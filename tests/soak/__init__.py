"""Sample applications with a suite of their own, which must never flake: see `python -m tests.soak --help`."""
