"""Distorts training pictures, a batch at a time and on the device that trains. Pure.

Other code than distortions.py on purpose: see there.
"""

import torch
from torch import Tensor
from torch.nn import functional

from tools.encoder.network import SIDE

_EDGE = 0.085  # how far a pixel of the product is from the colour of the border, of 1


def lightly(pictures: Tensor) -> Tensor:
    """Turned, scaled and shifted a little, half of them mirrored. uint8 [n, 3, 224, 224] to -1…1."""
    count = len(pictures)
    values = pictures.float() / 255
    border = _border(values)
    grid = _grid(values, turn=0.06, scale=(-0.1, 0.1), shift=0.04, stretch=torch.zeros(count))
    return _moved(values - border, grid).add(border).clamp(0, 1) * 2 - 1


def heavily(pictures: Tensor) -> Tensor:
    """As a shopper's photograph may be: somewhere else, turned, in other light, partly covered."""
    count = len(pictures)
    values = pictures.float() / 255
    border = _border(values)
    product = ((values - border).abs().amax(1, keepdim=True) > _EDGE).float()
    product = functional.avg_pool2d(functional.max_pool2d(product, 5, 1, 2), 5, 1, 2)
    stretch = _between(values, -0.12, 0.12, count)
    grid = _grid(values, turn=0.45, scale=(-0.55, 0.5), shift=0.22, stretch=stretch)
    values, product = _moved(values - border, grid) + border, _moved(product, grid)
    values = values * product + _other_background(values) * (1 - product)
    values = _in_other_light(values)
    values = _half_sharp(values)
    values = values + torch.randn_like(values) * _each(_between(values, 0, 0.05, count))
    return _covered(values).clamp(0, 1) * 2 - 1


def _between(like: Tensor, low: float, high: float, *shape: int) -> Tensor:
    return torch.rand(*shape, device=like.device) * (high - low) + low


def _each(values: Tensor) -> Tensor:
    """A number for each picture, ready to be combined with all its pixels."""
    return values[:, None, None, None]


def _border(values: Tensor) -> Tensor:
    edges = (values[:, :, 0], values[:, :, -1], values[:, :, :, 0], values[:, :, :, -1])
    return torch.cat(edges, 2).median(2).values[..., None, None]


def _grid(
    values: Tensor, *, turn: float, scale: tuple[float, float], shift: float, stretch: Tensor
) -> Tensor:
    count = len(values)
    angle = _between(values, -turn, turn, count)
    factor = torch.exp(_between(values, *scale, count))
    right, down = _between(values, -shift, shift, 2, count)
    mirror = torch.where(_between(values, 0, 1, count) < 0.5, -1.0, 1.0)
    aspect = torch.exp(stretch.to(values.device))
    cos, sin = torch.cos(angle) / factor, torch.sin(angle) / factor
    rows = (
        torch.stack([cos * mirror * aspect, sin * aspect, right], 1),
        torch.stack([-sin * mirror / aspect, cos / aspect, down], 1),
    )
    return functional.affine_grid(torch.stack(rows, 1), [count, 1, SIDE, SIDE], align_corners=False)


def _moved(values: Tensor, grid: Tensor) -> Tensor:
    return functional.grid_sample(values, grid, align_corners=False)


def _other_background(values: Tensor) -> Tensor:
    """A texture, one colour, another picture out of focus, or what was there."""
    count = len(values)
    colour = _between(values, 0.1, 0.95, count, 3)[..., None, None].expand(-1, -1, SIDE, SIDE)
    texture = colour + _clouds(values, 6) * 0.12 + _clouds(values, 28) * 0.05
    other = values[torch.randperm(count, device=values.device)]
    blurred = _resized(functional.interpolate(other, (40, 40), mode="area"))
    kind = _each(_between(values, 0, 1, count))
    chosen = torch.where(kind < 0.65, blurred, values)
    chosen = torch.where(kind < 0.5, colour, chosen)
    return torch.where(kind < 0.35, texture, chosen)


def _clouds(values: Tensor, side: int) -> Tensor:
    noise = torch.randn(len(values), 3, side, side, device=values.device)
    return functional.interpolate(noise, (SIDE, SIDE), mode="bicubic")


def _resized(values: Tensor) -> Tensor:
    return functional.interpolate(values, (SIDE, SIDE), mode="bilinear")


def _in_other_light(values: Tensor) -> Tensor:
    count = len(values)
    values = values.clamp(1e-4, 1) ** torch.exp(_each(_between(values, -0.5, 0.5, count)))
    values = values * (1 + _between(values, -0.13, 0.13, count, 3)[..., None, None])
    mean = values.mean((1, 2, 3), keepdim=True)
    contrast = torch.exp(_each(_between(values, -0.3, 0.2, count)))
    return (values - mean) * contrast + mean


def _half_sharp(values: Tensor) -> Tensor:
    """A quarter of the pictures at half their resolution."""
    half = _resized(functional.interpolate(values, (SIDE // 2, SIDE // 2), mode="area"))
    return torch.where(_each(_between(values, 0, 1, len(values))) < 0.25, half, values)


def _covered(values: Tensor) -> Tensor:
    """Half of the pictures with a rectangle of one colour over them."""
    count = len(values)
    along = torch.arange(SIDE, device=values.device)[None]
    middle = _between(values, 0, SIDE, 2, count, 1)
    half = _between(values, SIDE / 15, SIDE / 5, 2, count, 1)
    down, right = ((along - middle).abs() < half).unbind(0)
    hole = (down[:, :, None] & right[:, None, :])[:, None]
    hole = hole & _each(torch.rand(count, device=values.device) < 0.5)
    colour = _between(values, 0, 1, count, 3)[..., None, None]
    return torch.where(hole, colour, values)
