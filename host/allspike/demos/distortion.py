"""Random distortions of training images: shifted, turned, zoomed, sheared and bent."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_KNOTS = 5
"""Along an edge of the grid whose random moves bend an image."""
_REACH = 0.7
"""Width of a knot's influence, in distances between knots."""


@dataclass(frozen=True)
class Distortion:
    """How far images may be distorted; what comes out has `side` pixels along an edge."""

    side: int
    max_shift: float
    """Pixels."""
    max_warp: float
    """Of each entry of the linear map: rotates, zooms and shears."""
    max_bend: float = 0.0
    """Pixels that a knot may move."""
    fineness: int = 1
    """Pixels of the images that are given for each pixel that comes out, along an edge."""

    def __call__(self, images: Floats, rng: np.random.Generator) -> Floats:
        """Map each image by its own random map, with bilinear interpolation.

        Parameters
        ----------
        images : [images, (fineness * side)**2]
            Where they are finer than what comes out, each pixel is the mean of the `fineness` x `fineness`
            that begin with it, so that a single one is what a coarse pixel would be there.
        rng : Generator

        Returns
        -------
        [images, side**2]
        """
        n, fine = len(images), self.fineness * self.side
        linear = np.eye(2) + rng.uniform(-self.max_warp, self.max_warp, (n, 2, 2))
        shift = rng.uniform(-self.max_shift, self.max_shift, (n, 2, 1))
        centre = (self.side - 1) / 2
        sources = linear @ (np.indices((self.side, self.side)).reshape(2, -1) - centre) + shift + centre
        if self.max_bend:
            moves = rng.uniform(-self.max_bend, self.max_bend, (n, 2, _KNOTS**2))
            sources += moves @ self._influence
        # One pixel of margin all round stands for the blank paper outside the image.
        sources = np.clip(self.fineness * sources + 1, 0, fine + 0.999).transpose(1, 0, 2)
        row, column = corner = sources.astype(np.intp)
        down, right = (sources - corner).astype(np.float32)
        width = fine + 2
        padded = np.pad(images.reshape(n, fine, fine), ((0, 0), (1, 1), (1, 1))).ravel()
        first = np.arange(n)[:, None] * width**2 + row * width + column
        upper = padded[first] * (1 - right) + padded[first + 1] * right
        lower = padded[first + width] * (1 - right) + padded[first + width + 1] * right
        return upper * (1 - down) + lower * down

    def undistorted(self, images: Floats) -> Floats:
        """The images as they are, [images, side**2]."""
        fine = self.fineness * self.side
        return images.reshape(-1, fine, fine)[:, :: self.fineness, :: self.fineness].reshape(len(images), -1)

    @cached_property
    def _influence(self) -> NDArray[np.float64]:
        """Of each knot on each pixel, [knots, pixels]: bumps that add up to 1."""
        knots, gap = np.linspace(0, self.side - 1, _KNOTS, retstep=True)
        bumps = np.exp(-0.5 * ((np.arange(self.side) - knots[:, None]) / (_REACH * gap)) ** 2)
        bumps /= bumps.sum(0)
        return np.einsum("ki,lj->klij", bumps, bumps).reshape(_KNOTS**2, self.side**2)
