"""Pictures over real HTTP: renditions of drawn and of kept originals, and what is refused."""

import asyncio
import io
import multiprocessing
import os
import signal
from pathlib import Path

import httpx
import pytest
from PIL import Image
from storefront.errors import InvalidInput
from storefront.pictures.renditions import Renditions
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


class CountingStore(PictureStore):
    """Writes a line a rendition: it is made in another process."""

    def make(self, key: str, width: int) -> None:
        with (self._renditions.parent / "made").open("a") as file:
            file.write(f"{key}\n")
        super().make(key, width)


async def test_many_who_ask_at_once_wait_for_one_making(tmp_path: Path) -> None:
    renditions = Renditions(CountingStore(tmp_path))
    places = await asyncio.gather(*(renditions.file(DRAWN, 160) for _ in range(8)))
    renditions.close()
    assert len(set(places)) == 1
    assert (tmp_path / "made").read_text() == f"{DRAWN}\n"


async def test_a_kept_photograph_is_never_enlarged(
    client: httpx.AsyncClient, settings: Settings, tmp_path: Path
) -> None:
    Image.new("RGB", (224, 200), "navy").save(tmp_path / "15.jpg")
    original = PictureStore(settings.pictures_dir).add(tmp_path / "15.jpg", collection="dataset")
    image = opened(await client.get(f"/images/{original.key}?w=640"))
    assert image.size == (224, 200)


def test_the_same_picture_is_kept_once_and_another_gets_another_key(tmp_path: Path) -> None:
    store = PictureStore(tmp_path / "store")
    file = tmp_path / "7.png"
    Image.new("RGB", (9, 9), "red").save(file)
    first, again = store.add(file, collection="dataset"), store.add(file, collection="dataset")
    Image.new("RGB", (9, 9), "blue").save(file)
    other = store.add(file, collection="dataset")
    assert first == again != other
    assert first.key.startswith("dataset/7-")
    assert first.key.endswith(".png")
    assert (first.width, first.height) == (9, 9)
    assert len(list((tmp_path / "store" / "originals" / "dataset").iterdir())) == 2


def jpeg(size: tuple[int, int] = (64, 48)) -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise(size, 80).save(buffer, "jpeg")
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"no picture",
        b"",
        jpeg()[:900],
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n",
    ],
    ids=["text", "empty", "cut off", "a program for another decoder"],
)
def test_what_is_no_picture_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "8.jpg").write_bytes(content)
    with pytest.raises(InvalidInput, match=r"8\.jpg is no picture that can be read"):
        PictureStore(tmp_path / "store").add(tmp_path / "8.jpg", collection="dataset")
    assert not (tmp_path / "store").exists()


def test_a_picture_of_too_many_pixels_is_refused(tmp_path: Path) -> None:
    Image.new("1", (8_000, 6_000)).save(tmp_path / "9.png")
    with pytest.raises(InvalidInput, match="at most 40 megapixels"):
        PictureStore(tmp_path / "store").add(tmp_path / "9.png", collection="dataset")


def test_a_photograph_is_shown_upright_and_on_white_where_transparent(tmp_path: Path) -> None:
    lying = Image.new("RGB", (100, 50), "red")
    exif = lying.getexif()
    exif[0x0112] = 6  # turned a quarter: how a telephone held upright stores it
    lying.save(tmp_path / "1.jpg", exif=exif)
    Image.new("RGBA", (50, 50), (0, 0, 255, 0)).save(tmp_path / "2.png")
    store = PictureStore(tmp_path / "store")
    for name in ("1.jpg", "2.png"):
        original = store.add(tmp_path / name, collection="dataset")
        store.make(original.key, 160)
        with Image.open(store.place(original.key, 160)) as shown:
            assert shown.size == (original.width, original.height)
            if name == "1.jpg":
                assert shown.size == (50, 100)
            else:
                pixel = shown.getpixel((25, 25))
                assert isinstance(pixel, tuple)
                assert min(pixel) > 250


async def test_pictures_go_on_after_their_makers_were_killed(tmp_path: Path) -> None:
    renditions = Renditions(PictureStore(tmp_path))
    await renditions.file(DRAWN, 160)
    [*makers] = multiprocessing.active_children()
    assert makers
    for maker in makers:
        os.kill(maker.pid or 0, signal.SIGKILL)
    again = await renditions.file(DRAWN.replace("maroon", "black"), 160)
    assert again.exists()
    renditions.close()


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
        (f"{DRAWN}/below-a-file.jpg", 404),
        (f"{DRAWN}?w=161", 422),
        (f"{DRAWN}?w=x", 422),
    ],
)
async def test_what_is_no_key_or_width_is_refused(
    client: httpx.AsyncClient, path: str, status: int
) -> None:
    assert (await client.get(f"/images/{path}")).status_code == status
