"""Pictures over real HTTP: renditions of drawn and of kept originals, and what is refused."""

import asyncio
import io
from pathlib import Path

import httpx
import pytest
from PIL import Image

from storefront.errors import InvalidInput
from storefront.pictures.store import WIDTHS, PictureStore
from storefront.settings import Settings

DRAWN = "drawn/dresses.v-long-wrap-midi.solid.maroon.0.svg"


def opened(answer: httpx.Response) -> Image.Image:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "image/webp"
    assert "immutable" in answer.headers["cache-control"]
    return Image.open(io.BytesIO(answer.content))


@pytest.mark.parametrize("width", WIDTHS)
async def test_a_drawing_comes_in_every_width(client: httpx.AsyncClient, width: int) -> None:
    image = opened(await client.get(f"/images/{DRAWN}", params={"w": width}))
    assert image.width == width
    assert abs(image.height - width * 4 / 3) <= 1


async def test_many_who_ask_at_once_get_the_same_picture(client: httpx.AsyncClient) -> None:
    path = f"/images/{DRAWN.replace('maroon', 'teal')}?w=160"
    answers = await asyncio.gather(*(client.get(path) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1


async def test_a_kept_photograph_is_never_enlarged(
    client: httpx.AsyncClient, settings: Settings, tmp_path: Path
) -> None:
    Image.new("RGB", (224, 200), "navy").save(tmp_path / "15.jpg")
    key = PictureStore(settings.pictures_dir).add(tmp_path / "15.jpg", collection="dataset")
    image = opened(await client.get(f"/images/{key}?w=640"))
    assert image.size == (224, 200)


def test_the_same_picture_is_kept_once_and_another_gets_another_key(tmp_path: Path) -> None:
    store = PictureStore(tmp_path / "store")
    file = tmp_path / "7.png"
    Image.new("RGB", (9, 9), "red").save(file)
    first, again = store.add(file, collection="dataset"), store.add(file, collection="dataset")
    Image.new("RGB", (9, 9), "blue").save(file)
    other = store.add(file, collection="dataset")
    assert first == again != other
    assert first.startswith("dataset/7-")
    assert first.endswith(".png")
    assert len(list((tmp_path / "store" / "originals" / "dataset").iterdir())) == 2


def test_what_is_no_picture_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "8.jpg").write_text("no picture")
    with pytest.raises(InvalidInput, match=r"8\.jpg is no picture"):
        PictureStore(tmp_path / "store").add(tmp_path / "8.jpg", collection="dataset")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("dataset/404-00000000.jpg", 404),
        ("drawn/nonsense.svg", 404),
        ("drawn/dresses.nonsense.solid.maroon.0.svg", 404),
        ("dataset/%2e%2e/%2e%2e/secrets.json", 404),
        ("..%2f..%2fetc%2fpasswd", 404),
        ("%2fetc%2fpasswd", 404),
        ("dataset", 404),
        ("dataset/" + "a" * 300, 404),
        ("dataset/a%00b", 404),
        (f"{DRAWN}?w=161", 422),
        (f"{DRAWN}?w=x", 422),
    ],
)
async def test_what_is_no_key_or_width_is_refused(
    client: httpx.AsyncClient, path: str, status: int
) -> None:
    assert (await client.get(f"/images/{path}")).status_code == status
