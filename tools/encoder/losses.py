"""What the network is trained for: which vectors belong together, and what a picture shows."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from tools.encoder.catalogue import Shot
from tools.encoder.network import DIMENSIONS, Encoder, unit
from tools.encoder.words import Words

_HALF = DIMENSIONS // 2
_SHARPEST = 60.0  # the inverse temperature may grow to this
# Shares of the losses, as the card of fashion-lite0 has them.
_HALF_SHARE, _NAME_SHARE, _ATTRIBUTES_SHARE, _CLASSES_SHARE = 0.3, 0.4, 0.4, 0.6
_CLASS_SHARES = {"kind": 0.5, "colour": 0.5, "gender": 0.2}


@dataclass(frozen=True)
class Targets:
    """What is known of each picture: encoded texts [n, longest], and numbers of classes [n] by name."""

    names: Tensor
    attributes: Tensor
    classes: dict[str, Tensor]

    def of(self, rows: Tensor) -> "Targets":
        """Those of some pictures."""
        classes = {name: values[rows] for name, values in self.classes.items()}
        return Targets(self.names[rows], self.attributes[rows], classes)

    def to(self, device: torch.device) -> "Targets":
        """The same on a device."""
        classes = {name: values.to(device) for name, values in self.classes.items()}
        return Targets(self.names.to(device), self.attributes.to(device), classes)

    def same(self) -> Tensor:
        """Pairs of other pictures with the same attributes: no attribute text tells them apart."""
        alike = torch.stack([one[:, None] == one[None] for one in self.classes.values()]).all(0)
        return alike.fill_diagonal_(False)


class Objective(nn.Module):
    """The network with all that is trained beside it and left behind: words and classifiers."""

    def __init__(self, encoder: Encoder, shots: Sequence[Shot]) -> None:
        super().__init__()
        self.encoder = encoder
        texts = [text for shot in shots for text in (shot.name, shot.attributes)]
        self.words = Words(texts, DIMENSIONS)
        self.values = {
            name: sorted({getattr(one, name) for one in shots}) for name in _CLASS_SHARES
        }
        self.classifiers = nn.ModuleDict(
            {name: nn.Linear(DIMENSIONS, len(values)) for name, values in self.values.items()}
        )
        self.picture_scale = nn.Parameter(torch.tensor(math.log(1 / 0.07)))
        self.text_scale = nn.Parameter(torch.tensor(math.log(1 / 0.07)))

    def targets(self, shots: Sequence[Shot]) -> Targets:
        """What is known of these products, which must be among those it was made for."""
        return Targets(
            self.words.encoded([one.name for one in shots]),
            self.words.encoded([one.attributes for one in shots]),
            {
                name: torch.tensor([values.index(getattr(one, name)) for one in shots])
                for name, values in self.values.items()
            },
        )

    def forward(self, light: Tensor, heavy: Tensor, targets: Targets) -> Tensor:
        """The loss of a batch. light, heavy: the same products twice, [n, 3, 224, 224], -1 to 1."""
        vectors = self.encoder(torch.cat([light, heavy]))[1].float()
        pairs = vectors.chunk(2)
        ones, others = (unit(one) for one in pairs)
        loss = contrast(ones, others, self.picture_scale)
        half, other_half = (unit(one[:, :_HALF]) for one in pairs)
        loss = loss + _HALF_SHARE * contrast(half, other_half, self.picture_scale)
        names, attributes = unit(self.words(targets.names)), unit(self.words(targets.attributes))
        for seen in (ones, others):
            told = contrast(seen, names, self.text_scale)
            loss = loss + _NAME_SHARE * told
            told = contrast(seen, attributes, self.text_scale, same=targets.same())
            loss = loss + _ATTRIBUTES_SHARE * told
            loss = loss + _CLASSES_SHARE * self._classified(seen, targets)
        return loss

    def _classified(self, vectors: Tensor, targets: Targets) -> Tensor:
        spread = vectors * math.sqrt(DIMENSIONS)
        losses = [
            share * functional.cross_entropy(
                self.classifiers[name](spread), targets.classes[name], label_smoothing=0.05
            )
            for name, share in _CLASS_SHARES.items()
        ]  # fmt: skip
        return torch.stack(losses).sum()


def contrast(ones: Tensor, others: Tensor, scale: Tensor, same: Tensor | None = None) -> Tensor:
    """InfoNCE in both directions: row i of one belongs to row i of the other, and to no other row.

    ones, others: unit vectors [n, d]; scale: the logarithm of the inverse temperature; same: [n, n],
    pairs that do not count (van den Oord and others, 2018; Radford and others, 2021).
    """
    scores = ones @ others.T * scale.exp().clamp(max=_SHARPEST)
    if same is not None:
        scores = scores.masked_fill(same, -1e4)
    own = torch.arange(len(ones), device=ones.device)
    there, back = functional.cross_entropy(scores, own), functional.cross_entropy(scores.T, own)
    return (there + back) / 2
