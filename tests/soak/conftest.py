"""What is not collected here: the suite, which a test runs as a project of its own."""

collect_ignore = ["suite"]
