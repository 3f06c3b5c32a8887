"""A mail sandbox for development: catches every message, keeps it, shows it and fails on demand."""

__version__ = "0.1.0"
