"""Pictures over real HTTP: renditions of drawn and of kept originals, and what is refused."""

import asyncio
import io
import multiprocessing
import os
import resource
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from PIL import Image

from packages.storefront.tests.conftest import Server
from storefront.errors import InvalidInput, Unavailable
from storefront.pictures.renditions import Renditions
from storefront.pictures.store import WIDTHS, PictureStore, PicturesUnavailable
from storefront.settings import Settings

DRAWN = "drawn/dresses.v-long-wrap-midi.solid.maroon.0.svg"


def opened(answer: httpx.Response) -> Image.Image:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "image/webp"
    assert "immutable" in answer.headers["cache-control"]
    return Image.open(io.BytesIO(answer.content))


@pytest.mark.parametrize("width", WIDTHS)
async def test_a_drawing_comes_in_every_width(client: httpx.AsyncClient, width: int) -> None:
    product = (await client.get("/api/v1/products/101000001")).json()
    image = opened(await client.get(product["image_url"], params={"w": width}))
    assert image.width == width
    assert abs(image.height - width * 4 / 3) <= 1


DRAWING = "storefront.demo.drawing:draw_png"
OTHERS = [DRAWN.replace(".0.svg", f".{number}.svg") for number in range(1, 10)]


class NotingStore(PictureStore):
    """Writes a line a rendition: it is made in another process."""

    def make(self, key: str, width: int, form: str = "webp") -> None:
        with (self._renditions.parent / "made").open("a") as file:
            file.write(f"{key}\n")
        super().make(key, width, form)


async def always(_key: str) -> bool:
    return True


@contextmanager
def making(folder: Path) -> Iterator[Renditions]:
    """Renditions of drawings and of one photograph, ``dataset/1-….png``."""
    renditions = Renditions(NotingStore(folder, drawing=DRAWING), always, max_bytes=10**9)
    try:
        yield renditions
    finally:
        renditions.close()


def made(folder: Path) -> list[str]:
    """The keys of what was made, in this order."""
    return (folder / "made").read_text().splitlines()


def photograph(folder: Path) -> str:
    Image.new("RGB", (9, 9), "red").save(folder / "1.png")
    return PictureStore(folder).add(folder / "1.png", collection="dataset").key


async def test_many_who_ask_at_once_wait_for_one_making(tmp_path: Path) -> None:
    with making(tmp_path) as renditions:
        places = await asyncio.gather(*(renditions.file(DRAWN, 160) for _ in range(8)))
    assert len(set(places)) == 1
    assert made(tmp_path) == [DRAWN]


async def test_a_photograph_is_made_before_the_drawings_that_wait(tmp_path: Path) -> None:
    key = photograph(tmp_path)
    with making(tmp_path) as renditions:
        drawings = [asyncio.create_task(renditions.file(other, 160)) for other in OTHERS]
        await asyncio.sleep(0)
        await renditions.file(key, 160)
        await asyncio.gather(*drawings)
    assert made(tmp_path).index(key) <= 3  # after the two that had begun


async def test_what_nobody_waits_for_any_more_is_not_made(tmp_path: Path) -> None:
    with making(tmp_path) as renditions:
        drawings = [asyncio.create_task(renditions.file(other, 160)) for other in OTHERS]
        await asyncio.sleep(0)
        for drawing in drawings[2:]:
            drawing.cancel()
        await asyncio.gather(*drawings, return_exceptions=True)
        await renditions.file(DRAWN, 160)
    assert sorted(made(tmp_path)) == sorted([DRAWN, *OTHERS[:2]])


async def test_one_who_leaves_does_not_stop_it_for_the_others(tmp_path: Path) -> None:
    with making(tmp_path) as renditions:
        first, second = [asyncio.create_task(renditions.file(DRAWN, 160)) for _ in range(2)]
        await asyncio.sleep(0)
        first.cancel()
        assert (await second).is_file()


async def test_only_so_many_pictures_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storefront.pictures.renditions.MAX_WAITING", 4)
    with making(tmp_path) as renditions:
        drawings = [asyncio.create_task(renditions.file(other, 160)) for other in OTHERS[:4]]
        await asyncio.sleep(0)
        with pytest.raises(Unavailable) as refused:
            await renditions.file(DRAWN, 160)
        await asyncio.gather(*drawings)
        assert (await renditions.file(DRAWN, 160)).is_file()
    assert refused.value.retry_after_s == 2


async def test_a_browser_that_is_gone_waits_for_nothing(
    shop: Server, client: httpx.AsyncClient
) -> None:
    """Clients ask for a long queue and hang up: the next picture does not wait for it."""
    products = (await client.get("/api/v1/products?page_size=60")).json()["products"]
    host, port = shop.url.removeprefix("http://").split(":")
    for product in products[:-1]:
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"GET {product['image_url']}?w=960 HTTP/1.1\r\nHost: shop\r\n\r\n".encode())
        writer.close()
        await writer.wait_closed()
    opened(await client.get(products[-1]["image_url"], params={"w": 160}))


async def test_a_drawing_of_no_product_is_not_made(client: httpx.AsyncClient) -> None:
    answer = await client.get("/images/drawn/skirts.aline-mini.solid.teal.0.svg?w=960")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_folder_keeps_what_was_used_last(tmp_path: Path) -> None:
    key = photograph(tmp_path)
    store = PictureStore(tmp_path)
    places = []
    for age_s, width in ((4_000, 160), (2_000, 320), (3_000, 480), (0, 640)):
        store.make(key, width)
        place = store.path(key, width)
        os.utime(place, (time.time() - age_s,) * 2)
        places.append(place)
    size = places[0].stat().st_size
    assert store.use(places[0])  # now it is the newest but one
    store.trim(4 * size)
    assert all(place.exists() for place in places)
    store.trim(int(3.5 * size))
    assert [place.exists() for place in places] == [True, True, False, True]
    store.trim(1)
    assert [place.exists() for place in places] == [True, False, False, True]  # in use


async def test_a_kept_photograph_is_never_enlarged(
    client: httpx.AsyncClient, settings: Settings, tmp_path: Path
) -> None:
    Image.new("RGB", (224, 200), "navy").save(tmp_path / "15.jpg")
    original = PictureStore(settings.pictures_dir).add(tmp_path / "15.jpg", collection="dataset")
    image = opened(await client.get(f"/images/{original.key}?w=640"))
    assert image.size == (224, 200)


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Writing more fails as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_leaves_no_half_picture(tmp_path: Path) -> None:
    store = PictureStore(tmp_path / "pictures")
    content = io.BytesIO()
    Image.effect_noise((640, 640), 80).save(content, "png")
    with files_of_at_most(1_000), pytest.raises(PicturesUnavailable, match="stored"):
        store.put(content.getvalue(), name="7", collection="dataset")
    kept = store.put(content.getvalue(), name="7", collection="dataset")
    with files_of_at_most(1_000), pytest.raises(PicturesUnavailable) as refused:
        store.make(kept.key, 640)
    assert refused.value.reason == f"{store.path(kept.key, 640)}: File too large."
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files == [tmp_path / "pictures/originals" / kept.key]


async def test_a_folder_that_cannot_be_used_is_503(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    renditions = Renditions(
        PictureStore(tmp_path / "file/pictures", drawing=DRAWING), always, max_bytes=10**9
    )
    try:
        with pytest.raises(PicturesUnavailable) as refused:
            await renditions.file(DRAWN, 160)
        assert refused.value.reason.startswith(str(tmp_path / "file/pictures/renditions"))
    finally:
        renditions.close()


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
    with pytest.raises(InvalidInput, match=r"8\.jpg cannot be read as a picture"):
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
        with Image.open(store.path(original.key, 160)) as shown:
            assert shown.size == (original.width, original.height)
            if name == "1.jpg":
                assert shown.size == (50, 100)
            else:
                pixel = shown.getpixel((25, 25))
                assert isinstance(pixel, tuple)
                assert min(pixel) > 250


async def test_pictures_go_on_after_their_makers_were_killed(tmp_path: Path) -> None:
    others = set(multiprocessing.active_children())
    renditions = Renditions(PictureStore(tmp_path, drawing=DRAWING), always, max_bytes=10**9)
    await renditions.file(DRAWN, 160)
    makers = set(multiprocessing.active_children()) - others
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
        ("dataset/a%00b", 422),
        (f"{DRAWN}/below-a-file.jpg", 404),
        (f"{DRAWN}?w=161", 422),
        (f"{DRAWN}?w=x", 422),
    ],
)
async def test_what_is_no_key_or_width_is_refused(
    client: httpx.AsyncClient, path: str, status: int
) -> None:
    assert (await client.get(f"/images/{path}")).status_code == status
