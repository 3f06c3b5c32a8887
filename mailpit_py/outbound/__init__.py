"""Everything that leaves the sandbox, and only into ranges that the operator allows."""
