"""Learn: the only package that imports TensorFlow."""
