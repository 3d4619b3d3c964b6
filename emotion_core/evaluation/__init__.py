"""Measures: how good a model is, how sure it may be, and whether another one is better."""
