"""Where faces are, and where their eyes, noses and mouths."""
