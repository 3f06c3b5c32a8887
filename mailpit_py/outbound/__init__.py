"""What leaves the sandbox, to where the operator allows."""
