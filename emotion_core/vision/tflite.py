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
        details = self._interpreter.get_output_details()
        self._outputs = [output["index"] for output in details]
        self._widths = {output["index"]: int(output["shape"][-1]) for output in details}
        self._named = self._named_outputs()
        self._shape: tuple[int, ...] = ()

    def place(self, name: str) -> int | None:
        """Where the output of that name in the network's signature stands among those of `run`; None without one."""
        return self._outputs.index(self._named[name]) if name in self._named else None

    def width(self, place: int) -> int:
        """The last dimension of an output of `run`."""
        return self._widths[self._outputs[place]]

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

    def _named_outputs(self) -> dict[str, int]:
        """Tensors by the names of the signature; empty for networks that have none, or more than one."""
        signatures = list(self._interpreter.get_signature_list())
        if len(signatures) != 1:
            return {}
        outputs = self._interpreter.get_signature_runner(signatures[0]).get_output_details()
        return {name: output["index"] for name, output in outputs.items() if output["index"] in self._outputs}
