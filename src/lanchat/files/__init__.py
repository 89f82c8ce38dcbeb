"""Files as they come in, those that are whole, and the folder in which they are."""
