"""A few steps of training on drawn pictures, and what the shop makes of the exported model."""

import csv
import subprocess
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from storefront.vision.local_encoder import LocalEncoder
from tools.encoder.catalogue import left_out_brands, read

ROOT = Path(__file__).resolve().parents[3]
PYTHON = ROOT / ".local" / "encoder" / "bin" / "python"
KINDS = {"Shirts": (60, 40, 180, 200), "Ties": (105, 30, 135, 230), "Belts": (20, 130, 204, 160)}
COLOURS = {
    "Red": (200, 30, 30),
    "Blue": (30, 40, 200),
    "Green": (20, 150, 60),
    "Black": (20, 20, 20),
}
BRANDS = 16


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """48 drawn products of sixteen brands, in the form of the data set."""
    folder = tmp_path_factory.mktemp("catalogue")
    (folder / "images").mkdir()
    columns = ("id", "gender", "articleType", "baseColour", "season", "usage", "productDisplayName")
    with (folder / "styles.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(columns)
        for number, (brand, kind) in enumerate(product(range(BRANDS), KINDS), start=1):
            colour = list(COLOURS)[number % len(COLOURS)]
            name = f"Brand{brand} {colour} {kind}"
            rows.writerow([number, "Men", kind, colour, "Summer", "Casual", name])
            picture = Image.new("RGB", (224, 299), "white")
            ImageDraw.Draw(picture).rectangle(KINDS[kind], COLOURS[colour])
            picture.save(folder / "images" / f"{number}.jpg")
    return folder


def test_the_brands_that_are_left_out_are_always_the_same(catalogue: Path) -> None:
    shots = read(catalogue)
    assert [shots[0].brand, shots[0].attributes] == ["brand0", "Men Blue Shirts Casual Summer"]
    unseen = left_out_brands(shots)
    assert unseen == left_out_brands(shots[::-1])
    assert 10 <= sum(one.brand in unseen for one in shots) <= 12


@pytest.mark.skipif(not PYTHON.exists(), reason="torch is not installed: make encoder-setup")
@pytest.mark.timeout(300)
def test_a_few_steps_make_a_model_that_the_shop_loads(catalogue: Path, tmp_path: Path) -> None:
    model = tmp_path / "drawn.onnx"
    done = subprocess.run(
        [PYTHON, "-m", "tools.encoder", catalogue, model,
         "--steps", "2", "--batch", "4"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "36 photographs to train on, 12 of other brands left out" in done.stdout
    assert "the largest difference to torch is 0.0" in done.stdout
    encoder = LocalEncoder(model)
    assert encoder.model.name == "drawn"
    pixels = np.stack([np.full((224, 224, 3), value, np.uint8) for value in (0, 120, 255)])
    vectors = encoder.embed(pixels)
    assert vectors.shape == (3, 128)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.abs(vectors[0] - vectors[2]).max() > 0.01


@pytest.mark.skipif(not PYTHON.exists(), reason="torch is not installed: make encoder-setup")
def test_a_folder_without_photographs_is_refused(tmp_path: Path) -> None:
    (tmp_path / "styles.csv").write_text("id,productDisplayName\n", encoding="utf-8")
    done = subprocess.run(
        [PYTHON, "-m", "tools.encoder", tmp_path, tmp_path / "none.onnx"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "has 0 photographs" in done.stderr
