"""Trains the network on the photographs of a catalogue, on whatever device is there."""

import copy
import io
import math
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from tools.encoder import augmentation
from tools.encoder.catalogue import Shot, left_out_brands
from tools.encoder.distortions import WAYS, Way, distorted
from tools.encoder.losses import Objective
from tools.encoder.network import SIDE, Encoder, scaled, unit

_WARMING_UP = 60  # steps
_MOST_QUERIES = 400
_BODY_DECAY, _REST_DECAY = 0.03, 0.01


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast. rates: of the network's body, and of all else."""

    steps: int
    batch: int = 512
    rates: tuple[float, float] = (4e-4, 2e-3)
    seed: int = 0

    def rate(self, step: int) -> float:
        """What the learning rates are multiplied with: up in 60 steps, then down as a cosine."""
        warm = min(1.0, (step + 1) / _WARMING_UP)
        return warm * (1 + math.cos(math.pi * step / self.steps)) / 2


def train(
    encoder: Encoder, shots: Sequence[Shot], plan: Plan, say: Callable[[str], None]
) -> Encoder:
    """The encoder after the plan, its weights averaged over the last steps; on the CPU.

    Brands that are left out (catalogue.py) are not trained on. Memory: 0.15 MB a photograph.
    """
    torch.manual_seed(plan.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    unseen = left_out_brands(shots)
    seen = [one for one in shots if one.brand not in unseen]
    pictures = load([one.file for one in seen])
    objective = Objective(encoder, seen).to(device)
    averaged = copy.deepcopy(objective.encoder).eval()
    targets = objective.targets(seen)
    optimizer = torch.optim.AdamW(_groups(objective, plan))
    full = [group["lr"] for group in optimizer.param_groups]
    began = time.monotonic()
    for step, rows in enumerate(_batches(len(seen), plan)):
        for group, rate in zip(optimizer.param_groups, full, strict=True):
            group["lr"] = rate * plan.rate(step)
        batch = pictures[rows].to(device)
        with torch.no_grad():
            light, heavy = augmentation.lightly(batch), augmentation.heavily(batch)
        objective.train()
        with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
            loss = objective(light, heavy, targets.of(rows).to(device))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(objective.parameters(), 5.0)
        optimizer.step()
        _average(averaged, objective.encoder, step)
        if step % max(1, plan.steps // 20) == 0:
            say(
                f"step {step} of {plan.steps}, loss {loss.item():.3f}, {time.monotonic() - began:.0f} s"
            )
    return averaged.cpu()


def validate(encoder: Encoder, shots: Sequence[Shot]) -> dict[str, tuple[float, float]]:
    """How often a distorted photograph of a brand that was left out finds its product among all.

    By way: first, and in the first ten; nothing where no brand is left out. A quick look:
    ``make encoder-report`` measures what the shop's code makes of a model.
    """
    unseen = left_out_brands(shots)
    places = [place for place, one in enumerate(shots) if one.brand in unseen]
    if not places:
        return {}
    places = np.random.default_rng(1).permutation(places)[:_MOST_QUERIES].tolist()
    index = _embedded(encoder, load([one.file for one in shots]))
    found = {}
    for name, way in WAYS.items():
        queries = torch.stack(
            [_pixels(io.BytesIO(_distorted(shots[place].file, way, place))) for place in places]
        )
        nearest = (_embedded(encoder, queries) @ index.T).topk(min(10, len(shots))).indices
        is_own = nearest == torch.tensor(places)[:, None]
        found[name] = (is_own[:, 0].float().mean().item(), is_own.any(1).float().mean().item())
    return found


def load(files: Sequence[Path]) -> Tensor:
    """Photographs squeezed to the network's square, uint8 [n, 3, 224, 224]."""
    with ThreadPoolExecutor() as threads:
        return torch.stack(list(threads.map(_pixels, files)))


def _pixels(file: Path | io.BytesIO) -> Tensor:
    with Image.open(file) as picture:
        square = picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    return torch.from_numpy(np.array(square)).permute(2, 0, 1)


def _distorted(file: Path, way: Way, seed: int) -> bytes:
    with Image.open(file) as picture:
        return distorted(picture, way, seed)


@torch.no_grad()
def _embedded(encoder: Encoder, pictures: Tensor) -> Tensor:
    encoder.eval()
    return torch.cat([unit(encoder(scaled(some))[1]) for some in pictures.split(64)])


def _groups(objective: Objective, plan: Plan) -> list[dict[str, object]]:
    body = {id(one) for one in objective.encoder.layers.parameters()}
    rest = [one for one in objective.parameters() if id(one) not in body]
    return [
        {"params": list(objective.encoder.layers.parameters()), "lr": plan.rates[0],
         "weight_decay": _BODY_DECAY},
        {"params": rest, "lr": plan.rates[1], "weight_decay": _REST_DECAY},
    ]  # fmt: skip


def _batches(count: int, plan: Plan) -> Iterator[Tensor]:
    """Rows of the pictures, every one once before any comes again; only whole batches."""
    size = min(plan.batch, count)
    batches: list[Tensor] = []
    for _ in range(plan.steps):
        if not batches:
            batches = list(torch.randperm(count)[: count // size * size].split(size))
        yield batches.pop()


@torch.no_grad()
def _average(averaged: Encoder, encoder: Encoder, step: int) -> None:
    """Move the averaged weights towards the present ones, the less the more steps there were."""
    share = max(0.005, 1 - (1 + step) / (10 + step))
    present = encoder.state_dict()
    for name, values in averaged.state_dict().items():
        if values.is_floating_point():
            values.lerp_(present[name], share)
        else:
            values.copy_(present[name])
