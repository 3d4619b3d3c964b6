"""Measurements of accuracy, speed and memory that anyone can repeat: `python -m benchmarks.NAME --help`."""
