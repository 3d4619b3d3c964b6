"""A run: what was asked for, where it stands, and its process."""
