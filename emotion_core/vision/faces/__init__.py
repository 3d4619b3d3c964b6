"""One face: brought upright, classified, explained and drawn."""
