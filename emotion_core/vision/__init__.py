"""See: pictures and video frames in, faces with emotions out."""
