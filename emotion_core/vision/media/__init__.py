"""Photos and videos that a visitor brings."""
