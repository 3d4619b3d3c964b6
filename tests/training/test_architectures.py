import keras
import numpy as np
import pytest

from emotion_core.store.run_config import ARCHITECTURES
from emotion_core.training.architectures import BUILDERS

SEED_LAYERS = [
    ("InputLayer", (None, 48, 48, 3), 0),
    ("Rescaling", (None, 48, 48, 3), 0),
    ("Conv2D", (None, 48, 48, 16), 448),
    ("MaxPooling2D", (None, 24, 24, 16), 0),
    ("Conv2D", (None, 24, 24, 32), 4_640),
    ("MaxPooling2D", (None, 12, 12, 32), 0),
    ("Conv2D", (None, 12, 12, 64), 18_496),
    ("MaxPooling2D", (None, 6, 6, 64), 0),
    ("Dropout", (None, 6, 6, 64), 0),
    ("Flatten", (None, 2_304), 0),
    ("Dense", (None, 128), 295_040),
    ("Dense", (None, 7), 903),
]


def test_seed_is_the_network_this_project_began_with() -> None:
    model = BUILDERS["seed"](0.5)
    table = [(type(layer).__name__, layer.output.shape, layer.count_params()) for layer in model.layers]
    assert table == SEED_LAYERS
    assert model.count_params() == 319_527
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2D):
            assert (layer.kernel_size, layer.padding, layer.activation.__name__) == ((3, 3), "same", "relu")


def test_every_network_that_can_be_chosen_can_be_built() -> None:
    assert set(BUILDERS) == set(ARCHITECTURES)


@pytest.mark.parametrize("name", BUILDERS)
def test_faces_in_probabilities_out(name: str) -> None:
    model = BUILDERS[name](0.2)
    faces = np.random.default_rng(0).uniform(0, 255, (3, *model.input_shape[1:])).astype(np.float32)
    probabilities = keras.ops.convert_to_numpy(model(faces))
    assert probabilities.shape == (3, 7)
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)
