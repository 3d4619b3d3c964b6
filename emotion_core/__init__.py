"""Faces to emotions: find, classify, train. Knows nothing of the dashboard that shows it."""
