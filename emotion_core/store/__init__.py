"""Keep: run folders, the training process, model folders."""
