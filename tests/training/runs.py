"""What the tests of training share."""

QUICK = {"data": "sample", "batch_size": 32, "learning_rate": 2e-3}
