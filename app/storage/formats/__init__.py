"""Files of conversations: our own and those of other programs, read as hostile input."""
