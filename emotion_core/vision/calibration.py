"""From the network's probabilities to those shown."""

import numpy as np


def with_temperature(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Probabilities [N, K] made flatter (temperature above 1) or sharper (below 1), each row adding up to 1 again.

    The same as dividing the logits by the temperature, as softmax only forgets a common offset of theirs.
    """
    logits = np.log(np.maximum(probabilities, 1e-12)) / temperature
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=probabilities.dtype)
