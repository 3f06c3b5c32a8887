"""Reading mail: pure functions from bytes to values, which never raise for bad mail."""
