"""What pages of peer review show, as plain data."""
