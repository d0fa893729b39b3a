"""The pictures' part of `make relevance`: photographs, similar products, outfits, and what they cost.

    python -m bench.looks [CATALOGUE]

Asks the shop's own code over the real catalogue, whose vectors `storefront embed` computes. The filled
database and the queries' vectors are cached in .local/looks. Writes bench/relevance-pictures.md.
"""

import asyncio
import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from bench import looks_judged, looks_speed
from bench.__main__ import Filled, filled_already, make_database, note_filled
from lakepass.emulator import running_emulator
from storefront.db import Database
from storefront.photo.service import PhotoSearch
from storefront.recommend import queries
from storefront.search.read_model.store import ReadModel
from storefront.settings import Settings
from storefront.vision.encoders import picture_encoder
from storefront.vision.index import VectorIndex
from storefront.vision.photograph_reader import PhotographReader
from storefront.vision.vector_reader import VectorReader
from tools.encoder.catalogue import Shot, left_out_brands, read
from tools.encoder.distortions import WAYS, distorted
from tools.encoder.measures import Catalogue, Finding, Likeness

ROOT = Path(__file__).resolve().parents[1]
CATALOG = ROOT.parent / "shared" / "catalog"
DATA = ROOT / ".local" / "looks"
RESULTS = ROOT / "bench" / "relevance-pictures.md"
QUERIES = 400
_PART = 50  # queries whose vectors are written at once
_SHOWN = 4
STOREFRONT = [sys.executable, "-m", "storefront.cli"]


@dataclass(frozen=True)
class Measured:
    """What was found. alike: by how similar products are chosen, the share of the first four that agree
    in each respect; outfits: valid and complete; pictures: how many have a vector."""

    pictures: int
    clean: Likeness
    photographs: dict[str, Finding]
    alike: dict[str, dict[str, float]]
    outfits: dict[str, float]
    speed: looks_speed.Speed


async def fill(emulator: Any, folder: Path) -> None:
    """The real catalogue with its photographs and their vectors; continues where it was interrupted."""
    os.environ["PGDATABASE"] = "looks"
    imported = DATA / "imported"
    if await filled_already(emulator, "looks") is None:
        await make_database(emulator, "looks")
        await note_filled(emulator, "looks", Filled(0, 0, 0))
        imported.unlink(missing_ok=True)
    _run("migrate")
    if not imported.exists():
        _run("import", str(folder / "styles.csv"), "--images", str(folder / "images"))
        imported.touch()
    await looks_speed.remove_filling(emulator)
    _run("embed")


def _run(*command: str) -> None:
    subprocess.run([*STOREFRONT, *command], check=True, stdout=subprocess.DEVNULL)


class Looks:
    """The parts of the shop that deal with pictures, over the filled database."""

    def __init__(self, settings: Settings) -> None:
        self._database = Database(settings)
        self._encoder = picture_encoder(settings)
        self._model = ReadModel(self._database)
        self._vectors = VectorReader(self._database, self._encoder)
        self._reader = PhotographReader()
        self._photos = PhotoSearch(self._encoder, self._reader, self._vectors, self._model)

    async def close(self) -> None:
        self._reader.close()
        self._model.stop()
        await self._database.aclose()

    async def catalogue(self, shots: Sequence[Shot]) -> Catalogue:
        """The stored vectors of these products."""
        index = await self._vectors.index()
        found = [index.vector(one.product_id) for one in shots]
        return Catalogue(shots, np.stack([one for one in found if one is not None]))

    async def photographs(self, shots: Sequence[Shot], way: str) -> Any:
        """The vectors of distorted photographs, as an upload would get them: [n, d]."""
        folder = DATA / "queries" / self._encoder.model.version
        folder.mkdir(parents=True, exist_ok=True)
        parts = []
        for first in range(0, len(shots), _PART):
            part = folder / f"{way}-{first}.npy"
            if not part.exists():
                some = shots[first : first + _PART]
                np.save(part, np.stack([await self._photograph(one, way) for one in some]))
            parts.append(np.load(part))
        return np.concatenate(parts)

    async def _photograph(self, shot: Shot, way: str) -> Any:
        with Image.open(shot.file) as picture:
            content = distorted(picture, WAYS[way], shot.product_id)
        return await self._photos.vector(content)

    async def similar(self, product_id: int, *, is_by_pictures: bool) -> list[Any]:
        """The first four similar products."""
        vectors = self._vectors if is_by_pictures else NoVectors()
        found = await queries.similar(self._model, vectors, product_id, limit=_SHOWN)  # type: ignore[arg-type]
        return [one.product for one in found]

    async def look(self, product_id: int) -> list[Any]:
        found = await queries.complete_the_look(self._model, product_id, limit=_SHOWN)
        return [one.product for one in found]

    async def product(self, product_id: int) -> Any:
        """As the API returns it."""
        return json.loads(await self._model.card(product_id))


class NoVectors:
    """A shop that has not looked at its pictures: attributes alone decide."""

    async def products(self) -> VectorIndex:
        return VectorIndex.empty()


async def measure(emulator: Any, folder: Path) -> Measured:
    """Fill, ask, and count."""
    await fill(emulator, folder)
    shots = read(folder)
    unseen = left_out_brands(shots)
    places = [place for place, one in enumerate(shots) if one.brand in unseen]
    asked = np.random.default_rng(1).permutation(places)[:QUERIES].tolist()
    looks = Looks(Settings())
    try:
        catalogue = await looks.catalogue(shots)
        photographs = {
            way: catalogue.finding(
                asked, await looks.photographs([shots[place] for place in asked], way)
            )
            for way in WAYS
        }
        alike = {
            "attributes": await _alike(looks, is_by_pictures=False),
            "pictures and colours": await _alike(looks, is_by_pictures=True),
        }
        outfits = await _outfits(looks)
    finally:
        await looks.close()
    speed = await looks_speed.measure(emulator, [shots[place] for place in asked])
    return Measured(len(shots), catalogue.likeness(places), photographs, alike, outfits, speed)


async def _alike(looks: Looks, *, is_by_pictures: bool) -> dict[str, float]:
    agreed: dict[str, list[bool]] = {}
    for product_id in looks_judged.PRODUCTS:
        product = await looks.product(product_id)
        for other in await looks.similar(product_id, is_by_pictures=is_by_pictures):
            for respect, agrees in looks_judged.alike(product, other).items():
                if agrees is not None:
                    agreed.setdefault(respect, []).append(agrees)
    return {respect: statistics.fmean(values) for respect, values in agreed.items()}


async def _outfits(looks: Looks) -> dict[str, float]:
    valid: list[bool] = []
    complete: list[bool] = []
    for product_id in looks_judged.PRODUCTS:
        product = await looks.product(product_id)
        look = await looks.look(product_id)
        valid += [looks_judged.is_valid(product, other, look) for other in look]
        if looks_judged.part_of(product) is not None:
            complete.append(looks_judged.is_complete(product, look))
    return {"valid@4": statistics.fmean(valid), "complete@4": statistics.fmean(complete)}


def page(found: Measured) -> str:
    """The results as a page."""
    respects = list(found.alike["attributes"])
    speed = found.speed
    return "\n".join(
        [
            "# How well pictures are found",
            "",
            f"Over the real catalogue, {found.pictures:,} of whose products have a photograph; Python "
            f"{platform.python_version()}. Made by `make relevance`.",
            "",
            "## By a photograph",
            "",
            f"{QUERIES} photographs of brands that the model's training did not see, distorted "
            "(`tools/encoder/distortions.py`), through the shop's own code. `kind`, `colour`: of the "
            "ten nearest others.",
            "",
            "| photographs | same product first | in ten | kind | colour |",
            "| --- | --- | --- | --- | --- |",
            f"| clean | – | – | {found.clean.kind:.3f} | {found.clean.colour:.3f} |",
            *(
                f"| {way} | {one.first:.3f} | {one.ten:.3f} | {one.others.kind:.3f} | "
                f"{one.others.colour:.3f} |"
                for way, one in found.photographs.items()
            ),
            "",
            f"{speed.requests} photographs of 600 × 800 px, one after the other over HTTP, one process, "
            f"{speed.pictures:,} vectors: p50 {speed.p50_ms:.0f} ms, p95 {speed.p95_ms:.0f} ms; "
            f"{speed.cpu_ms:.0f} ms of one core each. "
            f"Memory: {speed.before_mb:.0f} MB before the first, {speed.after_mb:.0f} MB after the last "
            "and "
            f"{speed.reader_mb:.0f} MB for the process that decodes. Load average {speed.load:.1f} on "
            f"{os.cpu_count()} cores.",
            "",
            "## Similar products",
            "",
            f"The first four of {len(looks_judged.PRODUCTS)} products (`bench/looks_judged.py`): the "
            "share that agrees in each respect.",
            "",
            f"| chosen by | {' | '.join(respects)} |",
            f"| --- {'| --- ' * len(respects)}|",
            *(
                f"| {way} | {' | '.join(f'{values[one]:.3f}' for one in respects)} |"
                for way, values in found.alike.items()
            ),
            "",
            "## Outfits",
            "",
            "valid@4: the share of recommended products that is for the same wearer, clashes neither in "
            "colour nor in use, and is the only one of its kind. complete@4: the share of products "
            "whose outfit dresses somebody from top to toe.",
            "",
            " · ".join(f"{name} {value:.3f}" for name, value in found.outfits.items()),
            "",
        ]
    )


def main() -> None:
    """Measure, write, print. An argument is the folder of the catalogue."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else CATALOG
    if not (folder / "images").is_dir():
        sys.exit(f"The photographs of the real catalogue are needed; {folder}/images is not there.")
    DATA.mkdir(parents=True, exist_ok=True)
    with running_emulator(data=DATA / "lakebase") as emulator:
        os.environ.update(
            emulator.environment()
            | {"STORE_PICTURES_DIR": str(DATA / "pictures"), "STORE_EMBED_IN_BACKGROUND": "false"}
        )
        written = page(asyncio.run(measure(emulator, folder)))
    RESULTS.write_text(written, encoding="utf-8")
    print(written)


if __name__ == "__main__":
    main()
