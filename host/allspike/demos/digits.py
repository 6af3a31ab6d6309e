"""DIGITS: scikit-learn's 1,797 handwritten digits of 8 x 8 pixels, recognised by a spiking network.

NeuroCoreX's split (a third to test, random_state 42) and its 32 steps an image. A network of
integrate-and-fire neurons is trained off chip, quantised by the compiler, and runs through the ordinary API.
"""

from pathlib import Path

from ..device.device import Device, Progress
from ..errors import MissingExtraError
from ..simulate.simulation import Simulation
from . import recognition
from .distortion import Distortion
from .image_training import Recipe, train
from .recognition import Outcome, Split

RECIPE = Recipe(
    hidden=240,
    steps=32,
    rate_epochs=300,
    spike_epochs=100,
    rate_learning_rates=(3e-3, 3e-4),
    spike_learning_rates=(1e-3, 0.0),
    weight_decay=0.2,
    distortion=Distortion(side=8, max_shift=0.8, max_warp=0.2),
)


def load() -> Split:
    """The data set and its split.

    Raises
    ------
    MissingExtraError
        If scikit-learn is not installed.
    """
    try:
        from sklearn.datasets import load_digits  # noqa: PLC0415  (an extra)
        from sklearn.model_selection import train_test_split  # noqa: PLC0415
    except ImportError:
        raise MissingExtraError("scikit-learn", "demo", "the digits demo") from None
    digits = load_digits()
    parts = train_test_split(digits.data / 16.0, digits.target, test_size=0.33, random_state=42)
    train_images, test_images, train_digits, test_digits = parts
    return Split(train_images, train_digits, test_images, test_digits)


def run(
    device: str | Device = "emulator",
    images: int | None = None,
    seed: int = 0,
    training_progress: Progress | None = None,
    progress: Progress | None = None,
) -> tuple[Simulation, Outcome]:
    """Train, compile, and answer the first `images` test images (all 594 by default).

    Raises
    ------
    ParameterError
        If there are not so many images.
    """
    data = load()
    images = data.checked(images)
    weights = train(RECIPE, data.train_images, data.train_digits, seed, training_progress)
    simulation = Simulation(recognition.network(weights), device)
    test = data.test_images[:images], data.test_digits[:images]
    return simulation, recognition.present(simulation, RECIPE, *test, progress)


def draw(simulation: Simulation, outcome: Outcome, directory: Path) -> list[Path]:
    """Write `digits-raster.png`, `digits-examples.png` and `digits-confusion.png`; the paths."""
    return recognition.draw(simulation, RECIPE, outcome, directory, "digits")
