"""A network in a .tflite file, run by LiteRT."""

import threading
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter


def sigmoid(logits: np.ndarray) -> np.ndarray:
    """Logits to probabilities, element by element. scipy's `expit` would cost the server 36 MiB for this alone."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * logits)))  # equal to 1 / (1 + exp(-x)), and overflows for no x


class Network:
    """One thread, one input. Safe to share between threads: calls wait for each other.

    Raises `ValueError` when the file holds no network.
    """

    def __init__(self, path: Path) -> None:
        # Read, not mapped into memory: a file that is cut short meanwhile would take the whole process down.
        self._interpreter = Interpreter(model_content=path.read_bytes(), num_threads=1)
        self._lock = threading.Lock()  # an interpreter holds one set of tensors
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._outputs = [output["index"] for output in self._interpreter.get_output_details()]
        self._shape: tuple[int, ...] = ()

    @property
    def output_widths(self) -> list[int]:
        """The last dimension of each output."""
        return [int(output["shape"][-1]) for output in self._interpreter.get_output_details()]

    def run(self, values: np.ndarray) -> list[np.ndarray]:
        """The outputs for an input, float32 [N, ...]; the network takes on its batch size."""
        with self._lock:
            if values.shape != self._shape:
                self._interpreter.resize_tensor_input(self._input, values.shape)
                self._interpreter.allocate_tensors()
                self._shape = values.shape
            self._interpreter.set_tensor(self._input, values)
            self._interpreter.invoke()
            return [self._interpreter.get_tensor(output) for output in self._outputs]
