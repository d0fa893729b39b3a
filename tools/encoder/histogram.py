"""The colours of a picture as a histogram: what a network is compared with. Pure.

4 × 6 × 6 bins of CIELAB over the pixels that differ from the border, those in the middle counting most.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_SIDE = 64
_BINS = (4, 6, 6)
_LOWEST, _SPAN = np.array([0.0, -60.0, -60.0]), np.array([100.0, 120.0, 120.0])
_BACKGROUND = 8.0  # ΔE from the border up to which a pixel is not of the product
# sRGB (D65) to XYZ, each row by its white (IEC 61966-2-1; CIE 15).
_TO_XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
) / np.array([[0.9505], [1.0], [1.089]])
_AROUND = np.linspace(-1, 1, _SIDE)
_WEIGHTS = np.exp(-(_AROUND[:, None] ** 2 + _AROUND[None] ** 2) / 0.5)


def histogram(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Square roots of the bins' shares, [144], of a picture [h, w, 3]; a cosine compares them."""
    small = Image.fromarray(pixels).resize((_SIDE, _SIDE), Image.Resampling.BOX)
    lab = _lab(np.asarray(small, np.float64) / 255)
    edges = np.concatenate([lab[0], lab[-1], lab[:, 0], lab[:, -1]])
    is_product = np.linalg.norm(lab - np.median(edges, axis=0), axis=-1) > _BACKGROUND
    weights = (_WEIGHTS * is_product).ravel()
    places = np.clip((lab.reshape(-1, 3) - _LOWEST) / _SPAN, 0, 1) * (np.array(_BINS) - 1)
    lower = np.minimum(places.astype(int), np.array(_BINS) - 2)
    beyond = places - lower
    bins = np.zeros(_BINS)
    for corner in np.ndindex(2, 2, 2):
        share = np.where(corner, beyond, 1 - beyond).prod(axis=1)
        np.add.at(bins, tuple((lower + corner).T), weights * share)
    return np.sqrt(bins / max(bins.sum(), 1e-6)).ravel().astype(np.float32)


def _lab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    linear = np.where(rgb > 0.04045, ((rgb + 0.055) / 1.055) ** 2.4, rgb / 12.92)
    xyz = linear @ _TO_XYZ.T
    curved = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    x, y, z = np.moveaxis(curved, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)
