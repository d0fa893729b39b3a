"""Makes of a studio picture what a shopper's photograph of the product may look like. Pure.

It measures a model; training distorts by other code (augmentation.py), so that a model is not measured
on what it was drilled in.
"""

import io
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

_HEIGHT = 400  # px of a distorted photograph
_EDGE = 22  # of 255: how far a pixel of the product is from the colour of the border


@dataclass(frozen=True, slots=True)
class Way:
    """How strongly a picture is distorted. scale: of the product; shift: of it, as a share of the width.

    strength multiplies turning and changes of light: 1 is up to 12 degrees, a gamma of 1.28 and 7 %
    of white balance. covered: a patch hides up to a tenth of the photograph. aspect: width by height.
    """

    strength: float
    scale: tuple[float, float]
    shift: float
    quality: int
    is_mirrored: bool = False
    is_covered: bool = False
    aspect: float = 3 / 4


WAYS = {
    "photo": Way(1, (0.7, 1.0), 0.06, 75),
    "hard": Way(2, (0.55, 1.15), 0.12, 50, is_mirrored=True, is_covered=True),
    "crop": Way(1, (1.3, 1.7), 0.1, 75),
}
"""By name; "hard" is mirrored in one of two."""

SHAPES = {
    "3:4": Way(1, (0.6, 0.95), 0.08, 75),
    "4:3": Way(1, (0.6, 0.95), 0.08, 75, aspect=4 / 3),
    "16:9": Way(1, (0.6, 0.95), 0.08, 75, aspect=16 / 9),
}
"""Photographs that a phone takes, with clutter around the product."""


def distorted(picture: Image.Image, way: Way, seed: int, *, has_clutter: bool = False) -> bytes:
    """A JPEG of the product somewhere else. The same for the same seed."""
    rng = np.random.default_rng(seed)
    picture = picture.convert("RGB")
    pixels = np.asarray(picture, np.float32)
    border = np.median(np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]), axis=0)
    size = (round(_HEIGHT * way.aspect), _HEIGHT)
    place = _placed(picture.size, size, way, rng)
    product = picture.transform(
        size, Image.Transform.AFFINE, place, Image.Resampling.BICUBIC,
        fillcolor=tuple(int(one) for one in border),
    )  # fmt: skip
    mask = _mask(pixels, border).transform(
        size, Image.Transform.AFFINE, place, Image.Resampling.BILINEAR, fillcolor=0
    )
    if way.is_mirrored and rng.random() < 0.5:
        product = product.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        mask = mask.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    scene = Image.composite(product, _background(size, has_clutter, rng), mask)
    seen = _in_other_light(np.asarray(scene, np.float32), way.strength, rng)
    if way.is_covered:
        _cover(seen, rng)
    buffer = io.BytesIO()
    Image.fromarray(seen.astype(np.uint8)).save(buffer, "JPEG", quality=way.quality)
    return buffer.getvalue()


def _mask(pixels: NDArray[np.float32], border: NDArray[np.float32]) -> Image.Image:
    """Where the product is: what differs from the border, somewhat widened."""
    is_product = np.abs(pixels - border).max(axis=-1) > _EDGE
    mask = Image.fromarray((is_product * 255).astype(np.uint8))
    return mask.filter(ImageFilter.MaxFilter(5)).filter(ImageFilter.GaussianBlur(1.5))


def _placed(
    size: tuple[int, int], canvas: tuple[int, int], way: Way, rng: np.random.Generator
) -> tuple[float, ...]:
    """The affine map from the canvas to the picture: turned, scaled and shifted about the middle."""
    angle = math.radians(rng.uniform(-12, 12) * way.strength)
    scale = rng.uniform(*way.scale) * canvas[1] / size[1]
    right, down = rng.uniform(-way.shift, way.shift, 2) * canvas[1] * 3 / 4
    cos, sin = math.cos(angle) / scale, math.sin(angle) / scale
    middle_x, middle_y = canvas[0] / 2 + right, canvas[1] / 2 + down
    return (
        cos, sin, size[0] / 2 - cos * middle_x - sin * middle_y,
        -sin, cos, size[1] / 2 + sin * middle_x - cos * middle_y,
    )  # fmt: skip


def _background(size: tuple[int, int], has_clutter: bool, rng: np.random.Generator) -> Image.Image:
    colour = rng.uniform(40, 230, 3)
    patches = np.clip(colour + rng.normal(0, 25, (7, 7, 3)), 0, 255).astype(np.uint8)
    wall = Image.fromarray(patches).resize(size, Image.Resampling.BICUBIC)
    if has_clutter:
        draw = ImageDraw.Draw(wall)
        for _ in range(rng.integers(4, 9)):
            width, height = rng.uniform(0.05, 0.35, 2) * size[1]
            left, top = rng.uniform(-0.1, 0.95, 2) * size
            shape = draw.ellipse if rng.random() < 0.5 else draw.rectangle
            shape((left, top, left + width, top + height), tuple(rng.integers(0, 256, 3).tolist()))
    grain = 8 * rng.standard_normal((size[1], size[0], 1), np.float32)
    noisy = np.asarray(wall, np.float32) + grain
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))


def _in_other_light(
    pixels: NDArray[np.float32], strength: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    gamma = math.exp(rng.uniform(-0.25, 0.25) * strength)
    balance = 1 + rng.uniform(-0.07, 0.07, 3) * strength
    return np.clip(255 * (pixels / 255) ** gamma * balance, 0, 255).astype(np.float32)


def _cover(pixels: NDArray[np.float32], rng: np.random.Generator) -> None:
    height, width = (rng.uniform(0.15, 0.3, 2) * pixels.shape[:2]).astype(int)
    top = rng.integers(0, pixels.shape[0] - height)
    left = rng.integers(0, pixels.shape[1] - width)
    pixels[top : top + height, left : left + width] = rng.uniform(0, 255, 3)
