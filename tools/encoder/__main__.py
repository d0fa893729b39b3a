"""Trains a picture model: ``python -m tools.encoder CATALOGUE MODEL.onnx`` (``--help`` has the rest).

Needs the dependency group ``encoder``; ``make encoder`` installs it apart from the shop's environment.
"""

import argparse
import sys
from pathlib import Path

from tools.encoder.catalogue import left_out_brands, read
from tools.encoder.export import export
from tools.encoder.network import Encoder, start_from_imagenet
from tools.encoder.train import Plan, train, validate

_EPOCHS = 28


def main() -> int:
    """Read, train, validate, export."""
    asked = _arguments().parse_args()
    shots = read(asked.catalogue)[: asked.limit]
    unseen = left_out_brands(shots)
    trained_on = sum(one.brand not in unseen for one in shots)
    if trained_on < 2:
        print(
            f"{asked.catalogue} has {len(shots)} photographs; at least 2 to train on are needed.",
            file=sys.stderr,
        )
        return 2
    say(
        f"{trained_on:,} photographs to train on, {len(shots) - trained_on:,} of other brands left out"
    )
    encoder = Encoder()
    if asked.start == "imagenet":
        start_from_imagenet(encoder)
    steps = asked.steps or max(1, _EPOCHS * trained_on // min(asked.batch, trained_on))
    encoder = train(encoder, shots, Plan(steps, asked.batch, seed=asked.seed), say)
    for way, (first, ten) in validate(encoder, shots).items():
        say(f"{way}: the same product first in {first:.3f}, in the first ten in {ten:.3f}")
    facts = {
        "architecture": "EfficientNet-Lite0, batch norms folded; a linear layer to the embedding",
        "start": asked.start,
        "trained on": f"{trained_on} photographs, {steps} steps of {asked.batch}, seed {asked.seed}",
    }
    difference = export(encoder, asked.model, facts)
    say(f"{asked.model} is written; the largest difference to torch is {difference:.4f}")
    return 0


def say(line: str) -> None:
    """Print at once, since training takes long."""
    print(line, flush=True)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.encoder", description="Train a picture model."
    )
    parser.add_argument("catalogue", type=Path, help="folder with styles.csv and images/<id>.jpg")
    parser.add_argument("model", type=Path, help="the ONNX file to write")
    parser.add_argument("--steps", type=int, help=f"default: {_EPOCHS} epochs")
    parser.add_argument("--batch", type=int, default=512, help="photographs a step (512)")
    parser.add_argument("--limit", type=int, help="only so many photographs")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--start", choices=("imagenet", "random"), default="imagenet",
                        help="weights to begin with")  # fmt: skip
    return parser


if __name__ == "__main__":
    sys.exit(main())
