"""Faces from frame to frame of a webcam stream."""
