"""Models: shipped, promoted, rolled back."""
