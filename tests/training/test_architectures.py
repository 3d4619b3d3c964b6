import keras
import numpy as np
import pytest

from emotion_core.experiments.choices import ARCHITECTURES
from emotion_core.experiments.networks import DESCRIPTIONS, layer_table, size_in_words
from emotion_core.files import read_json
from emotion_core.training.architectures import BUILDERS, describe_architectures, multiply_adds

BASELINE_LAYERS = [
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


def test_baseline_is_the_network_this_project_began_with() -> None:
    model = BUILDERS["baseline"](0.5, 48)
    table = [(type(layer).__name__, layer.output.shape, layer.count_params()) for layer in model.layers]
    assert table == BASELINE_LAYERS
    assert model.count_params() == 319_527
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2D):
            assert (layer.kernel_size, layer.padding, layer.activation.__name__) == ((3, 3), "same", "relu")


def test_every_network_that_can_be_chosen_can_be_built() -> None:
    assert set(BUILDERS) == set(ARCHITECTURES)


def test_the_pages_description_of_the_networks_is_true() -> None:
    described = describe_architectures()
    assert read_json(DESCRIPTIONS) == described
    table = layer_table("baseline")
    assert table["parameters"].sum() == 319_527 and table["output"].iloc[2] == "48 × 48 × 16"
    assert size_in_words("baseline").startswith("319,527 parameters, 7 million")


@pytest.mark.parametrize(("name", "parameters"), [("residual_small", 300_000), ("residual", 3_000_000)])
def test_networks_stay_as_small_as_promised(name: str, parameters: int) -> None:
    assert BUILDERS[name](0.2, 48).count_params() <= parameters


def test_the_shipped_network_runs_in_real_time() -> None:
    assert multiply_adds(BUILDERS["residual"](0.2, 48)) <= 250e6
    by_hand = 48 * 48 * 9 * (3 * 16) + 24 * 24 * 9 * (16 * 32) + 12 * 12 * 9 * (32 * 64) + 2304 * 128 + 128 * 7
    assert multiply_adds(BUILDERS["baseline"](0.2, 48)) == by_hand


@pytest.mark.parametrize("name", ["residual_small", "residual"])
def test_light_and_contrast_do_not_matter(name: str) -> None:
    model = BUILDERS[name](0.2, 48)
    face = np.random.default_rng(0).uniform(60, 250, (1, 48, 48, 1)).astype(np.float32)
    answers = [keras.ops.convert_to_numpy(model(seen)) for seen in (face, face * 0.3 + 20)]
    assert np.allclose(*answers, atol=0.01)


@pytest.mark.parametrize("name", ["residual_small", "residual"])
def test_weights_fit_the_network_for_every_size(name: str) -> None:
    any_size, fixed = BUILDERS[name](0.2, None), BUILDERS[name](0.2, 48)
    fixed.set_weights(any_size.get_weights())
    faces = np.random.default_rng(0).uniform(0, 255, (2, 48, 48, 1)).astype(np.float32)
    assert np.allclose(any_size(faces), fixed(faces), atol=1e-6)
    assert any_size(faces[:, :32, :32]).shape == (2, 7)
    with pytest.raises(ValueError, match="48 pixels, not 32"):
        BUILDERS["baseline"](0.2, 32)


@pytest.mark.parametrize("name", BUILDERS)
def test_faces_in_probabilities_out(name: str) -> None:
    model = BUILDERS[name](0.2, 48)
    faces = np.random.default_rng(0).uniform(0, 255, (3, *model.input_shape[1:])).astype(np.float32)
    probabilities = keras.ops.convert_to_numpy(model(faces))
    assert probabilities.shape == (3, 7)
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)
