"""What programs read: the same as people may, as JSON, with a personal token."""
