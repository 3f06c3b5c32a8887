"""What can be said of a message: whether it is the one that is waited for, what can be taken from it, what is wrong."""
