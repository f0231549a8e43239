"""What an indicator says of areas beside each other, and what of it chance would explain."""
