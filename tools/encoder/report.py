"""`make encoder-report`: how well a picture model finds things, on brands that training left out.

    python -m tools.encoder.report CATALOGUE [MODEL.onnx]

What the network makes of each picture is cached in .local/encoder-report, so a run can be interrupted,
and only the first one of a model takes long: some 12 minutes of one core for 9,226 photographs, which
all cores share. The whole catalogue is searched; of the queries and of the pictures that projections
are fitted on a sample is taken, always the same.
"""

import argparse
import hashlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image

from storefront import vision
from storefront.filling import progress_bar
from storefront.vision.photograph import views_of_photograph, views_of_picture
from tools.encoder.catalogue import Shot, left_out_brands, read
from tools.encoder.distortions import SHAPES, WAYS, Way, distorted
from tools.encoder.histogram import histogram
from tools.encoder.measures import Catalogue, Vectors, line, unit
from tools.encoder.rankings import Seen, joint_space, reduced, words_of

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".local" / "encoder-report"
PACKAGED = Path(vision.__file__).parent / "fashion_lite0" / "encoder.onnx"
QUERIES = 400
_SHAPED = 150
_FITTED = 2_500  # pictures that projections are fitted on, each with a distorted copy
_PART = 250  # pictures whose vectors are written at once
_FEWEST_FOR_A_SPACE = 300
_HISTOGRAM_SHARE = 0.25
_REDUCED = 128
_FEWEST = 20  # photographs, for the ten nearest to mean anything
_HEAD = (
    "| vectors | clean: kind / colour / both | "
    + " | ".join(f"{way}: same in 1 / 10, kind, colour" for way in WAYS)
    + " |\n"
    + "| --- " * (2 + len(WAYS))
    + "|"
)


class Network:
    """A model file, and what it has made of pictures so far."""

    def __init__(self, file: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            file, options, providers=["CPUExecutionProvider"]
        )
        self._outputs = [one.name for one in self._session.get_outputs()]
        self._cache = CACHE / hashlib.sha256(file.read_bytes()).hexdigest()[:12]
        self._cache.mkdir(parents=True, exist_ok=True)

    def seen(
        self, name: str, shots: Sequence[Shot], pixels: Callable[[Shot], NDArray[np.uint8]]
    ) -> Seen:
        """What it makes of each picture. pixels: its views [v, 224, 224, 3], whose vectors are averaged.

        name: of the cache; another name for other views of the same pictures.
        """
        of_these = hashlib.sha256(str([one.product_id for one in shots]).encode()).hexdigest()[:8]
        parts: list[dict[str, Any]] = []
        with progress_bar() as progress, ThreadPoolExecutor(os.cpu_count()) as workers:
            task = progress.add_task(name, total=len(shots))
            for first in range(0, len(shots), _PART):
                part = self._cache / f"{name}-{of_these}-{first}.npz"
                some = shots[first : first + _PART]
                if not part.exists():
                    rows = list(workers.map(lambda shot: self._run(pixels(shot)), some))
                    np.savez(part, **_stacked(rows))  # type: ignore[arg-type]  # names of arrays
                parts.append(dict(np.load(part)))
                progress.advance(task, len(some))
        return Seen(**{key: np.concatenate([part[key] for part in parts]) for key in parts[0]})

    def _run(self, pixels: NDArray[np.uint8]) -> dict[str, Vectors]:
        planes = np.ascontiguousarray(pixels.transpose(0, 3, 1, 2), dtype=np.float32)
        outputs: list[Vectors] = self._session.run(self._outputs, {"pixels": planes})
        found = dict(zip(self._outputs, outputs, strict=True))
        embedding = unit(found["embedding"]).mean(axis=0)
        features = found["features" if "features" in found else "embedding"].mean(axis=0)
        colours = np.mean([histogram(one) for one in pixels], axis=0)
        return {"features": features, "embedding": unit(embedding), "colours": unit(colours)}


def _stacked(rows: Sequence[dict[str, Vectors]]) -> dict[str, Vectors]:
    return {key: np.stack([row[key] for row in rows]) for key in rows[0]}


def candidates(
    clean: Seen, copies: Seen, trained: Sequence[int], shots: Sequence[Shot]
) -> Iterator[tuple[str, Callable[[Seen], Vectors]]]:
    """Ways to rank, each as a function from what is seen to vectors that a cosine compares.

    clean: of the whole catalogue; copies: of a distorted copy of each picture of ``trained``.
    """
    mean_colours = clean.colours[trained].mean(axis=0)
    mean_features = clean.features[trained].mean(axis=0)

    def colours(seen: Seen) -> Vectors:
        return _HISTOGRAM_SHARE * unit(seen.colours - mean_colours)

    def features(seen: Seen) -> Vectors:
        return unit(seen.features - mean_features)

    yield "embedding", lambda seen: seen.embedding
    yield "embedding + 0.25 histogram", lambda seen: joined(seen.embedding, colours(seen))
    if len(trained) < _FEWEST_FOR_A_SPACE:
        return
    said = words_of([shots[place] for place in trained])
    pairs = np.concatenate([features(clean)[trained], features(copies)])

    def in_space(size: int) -> Callable[[Seen], Vectors]:
        space = joint_space(said, pairs, size, copies=2)
        return lambda seen: space(features(seen))

    def with_embedding(space: Callable[[Seen], Vectors]) -> Callable[[Seen], Vectors]:
        return lambda seen: joined(seen.embedding, space(seen))

    small, large = in_space(64), in_space(128)
    yield "CCA-64 on its features", small
    yield "embedding + CCA-64", with_embedding(small)
    yield "CCA-128 on its features", large
    yield "embedding + CCA-128", with_embedding(large)
    fewer = reduced(with_embedding(large)(clean)[trained], _REDUCED)
    yield f"the same, reduced to {_REDUCED}", lambda seen: fewer(with_embedding(large)(seen))
    yield "features + CCA-128", lambda seen: joined(features(seen), large(seen))


def joined(*parts: Vectors) -> Vectors:
    """One vector of several: the cosines add up."""
    return np.concatenate(parts, axis=1)


def report(shots: Sequence[Shot], network: Network) -> Iterator[str]:
    """The lines of the table, as they are found."""
    unseen = left_out_brands(shots)
    trained = [place for place, one in enumerate(shots) if one.brand not in unseen]
    trained = np.random.default_rng(2).permutation(trained)[:_FITTED].tolist()
    left_out = [place for place, one in enumerate(shots) if one.brand in unseen]
    asked = np.random.default_rng(1).permutation(left_out)[:QUERIES].tolist()
    clean = network.seen("clean", shots, lambda shot: views_of_picture(shot.file.read_bytes()))
    photographs = {
        name: network.seen(
            name, [shots[place] for place in asked], distorting(way, middle_of_photograph)
        )
        for name, way in WAYS.items()
    }
    copies = network.seen(
        "copies",
        [shots[place] for place in trained],
        distorting(WAYS["photo"], lambda content: middle_of_photograph(content)[:1]),
    )
    yield (
        f"{len(shots):,} photographs, {len(left_out):,} of them of the {len(unseen)} brands left "
        f"out. Of these {len(asked):,} are distorted to search with; projections are fitted on "
        f"{len(trained):,} others and a distorted copy of each.\n"
    )
    yield _HEAD
    for name, vectors in candidates(clean, copies, trained, shots):
        catalogue = Catalogue(shots, vectors(clean))
        findings = {
            way: catalogue.finding(asked, vectors(seen)) for way, seen in photographs.items()
        }
        yield line(name, catalogue.likeness(left_out), findings)
    some = asked[:_SHAPED]
    catalogue = Catalogue(shots, clean.embedding)
    yield f"\nWith clutter around the product ({len(some)} queries, embedding), same in 1 / 10:"
    for name, way in SHAPES.items():
        pixels = distorting(way, middle_of_photograph, has_clutter=True)
        seen = network.seen(name.replace(":", "x"), [shots[place] for place in some], pixels)
        found = catalogue.finding(some, seen.embedding)
        yield f"{name}  {found.first:.3f} / {found.ten:.3f}"


def middle_of_photograph(content: bytes) -> NDArray[np.uint8]:
    """The views of a photograph's middle: which place counts is up to the shop, not the model."""
    return views_of_photograph(content)[0]


def distorting(
    way: Way, read_views: Callable[[bytes], NDArray[np.uint8]], *, has_clutter: bool = False
) -> Callable[[Shot], NDArray[np.uint8]]:
    """The views of a distorted copy of a product's picture."""

    def pixels(shot: Shot) -> NDArray[np.uint8]:
        with Image.open(shot.file) as picture:
            content = distorted(picture, way, shot.product_id, has_clutter=has_clutter)
        return read_views(content)

    return pixels


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure a picture model.")
    parser.add_argument("catalogue", type=Path, help="folder with styles.csv and images/<id>.jpg")
    parser.add_argument("model", type=Path, nargs="?", default=PACKAGED, help="the ONNX file")
    asked = parser.parse_args()
    shots = read(asked.catalogue)
    if len(shots) < _FEWEST or not left_out_brands(shots):
        print(
            f"{asked.catalogue} has {len(shots)} photographs, too few to leave a brand out.",
            file=sys.stderr,
        )
        return 2
    for one in report(shots, Network(asked.model)):
        print(one, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
