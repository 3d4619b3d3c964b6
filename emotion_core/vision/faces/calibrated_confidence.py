"""From the network's probabilities to those shown."""

import numpy as np

_MIN_PROBABILITY = 1e-4  # no emotion is ever impossible


def calibrated(probabilities: np.ndarray, temperature: float, smoothing: float = 0.0) -> np.ndarray:
    """Probabilities [N, K] that mean what they say, each row adding up to 1.

    temperature: what the logits are divided by (Guo et al. 2017, https://arxiv.org/abs/1706.04599): above 1 makes
    flatter, below 1 sharper; softmax only forgets a common offset of the logits.
    smoothing: the share of each row that is spread evenly over all emotions and taken out again; a network that learnt
    from soft labels, as the FER+ votes are, never says more than they did. With a sign turned, the uniform part of
    ensemble temperature scaling (Zhang et al. 2020, https://arxiv.org/abs/2003.07329).
    """
    logits = np.log(np.maximum(probabilities, 1e-12)) / temperature
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares = powers / powers.sum(axis=1, keepdims=True)
    if smoothing:
        shares = np.maximum((shares - smoothing / shares.shape[1]) / (1 - smoothing), _MIN_PROBABILITY)
        shares /= shares.sum(axis=1, keepdims=True)
    return np.asarray(shares, dtype=probabilities.dtype)
