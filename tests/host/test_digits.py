"""The digits demo keeps its promise on the test images of NeuroCoreX's split."""

from pathlib import Path

import numpy as np

from allspike.demos import digits


def test_the_split_is_neurocorex_s() -> None:
    split = digits.load()
    assert len(split.test_images) == 594
    assert len(split.train_images) == 1203
    # No test image is among the training images.
    seen = {image.tobytes() for image in split.train_images}
    assert sum(image.tobytes() in seen for image in split.test_images) == 0


def test_digits_are_recognised_by_the_quantised_network(tmp_path: Path) -> None:
    """The aim is 97.5 % of 594 images."""
    simulation, outcome = digits.run()
    summary = outcome.summary()
    assert summary["images"] == 594
    assert summary["accuracy"] >= 0.975
    assert simulation.image.config.neurons == 256
    assert simulation.image.populations[1].size == digits.RECIPE.hidden
    assert outcome.confusion.sum() == 594
    assert np.trace(outcome.confusion) == summary["correct"]
    for path in digits.draw(simulation, outcome, tmp_path):
        assert path.read_bytes().startswith(b"\x89PNG")


def test_fewer_images_are_the_first_ones() -> None:
    _, few = digits.run(images=5)
    assert np.array_equal(few.digits, digits.load().test_digits[:5])
