"""What the options mean to each room, and how its parts are started: the pieces that a node is put together from."""
