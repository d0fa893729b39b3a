"""What turns pictures into vectors, whichever way the shop is set up to do it."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

SIDE = 224
"""Width and height in px of the pictures that every encoder takes."""

VIEWS_VERSION = b"whole and closer"
"""Another one means that pictures are cut another way (photograph.py), so that all vectors are computed
again. Part of every model's version."""


@dataclass(frozen=True, slots=True)
class Model:
    """Which network computed a vector. version: 12 hex digits that change with the network."""

    name: str
    version: str


class Encoder(Protocol):
    """Pictures to vectors. Threads may share one; every call may block, so none belongs on the loop.

    Each raises NotOffered (501) where the shop is not set up for it, Unavailable (503) where a
    network elsewhere does not answer.
    """

    @property
    def model(self) -> Model:
        """The network in use."""

    def embed(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Unit vectors [n, d] of pictures [n, 224, 224, 3] (RGB)."""

    def check(self) -> None:
        """Make sure that pictures can be embedded now."""


def averaged(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """One unit vector [..., d] for the views [..., v, d] of a picture."""
    means = vectors.mean(axis=-2)
    return np.asarray(means / np.linalg.norm(means, axis=-1, keepdims=True), np.float32)
