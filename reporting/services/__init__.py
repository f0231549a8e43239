"""What reporting writes: its own alone."""
