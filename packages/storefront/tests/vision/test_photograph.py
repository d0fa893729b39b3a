"""What becomes of the files that people, and others, upload."""

import asyncio
import io
import multiprocessing
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image

from storefront.errors import InvalidInput
from storefront.texts import language_of, speaking
from storefront.vision.jpeg_scans import scans_of
from storefront.vision.photograph import upright, views_of_photograph, views_of_picture
from storefront.vision.photograph_reader import PhotographReader

RED, BLUE = (200, 20, 30), (20, 30, 200)


def pixels(content: bytes) -> Any:
    return views_of_picture(content)[0]


def encoded(image: Image.Image, form: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def halves(width: int = 120, height: int = 160, mode: str = "RGB") -> Image.Image:
    """Red above, blue below."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (0, height // 2, width, height))
    return image.convert(mode)


def is_red(colour: Any) -> bool:
    red, green, blue = (int(value) for value in colour)
    return red > 150 and green < 90 and blue < 90


def bomb(width: int, height: int) -> bytes:
    """A PNG of few bytes that says it has so many pixels."""

    def chunk(name: bytes, content: bytes) -> bytes:
        body = name + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    content = zlib.compress(bytes(1 + 3 * width) * 50)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", content)
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_every_format_is_read(form: str) -> None:
    found = pixels(encoded(halves(), form))
    assert (found.shape, found.dtype) == ((224, 224, 3), np.uint8)
    assert is_red(found[40, 112])
    assert not is_red(found[180, 112])


def test_a_turned_photograph_is_turned_back() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright: turn clockwise to view
    turned = encoded(halves().rotate(90, expand=True), "JPEG", exif=exif.tobytes())
    found = pixels(turned)
    assert is_red(found[40, 112])
    assert not is_red(found[180, 112])


def test_cmyk_is_read_in_its_colours() -> None:
    assert is_red(pixels(encoded(halves(mode="CMYK"), "JPEG"))[40, 112])


def test_sixteen_bits_are_scaled_not_clipped() -> None:
    grey = Image.fromarray(np.full((64, 64), 257 * 100, np.uint16))
    assert np.unique(pixels(encoded(grey, "PNG"))).tolist() == [100]


def test_what_is_transparent_is_white() -> None:
    image = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    assert np.unique(pixels(encoded(image, "PNG"))).tolist() == [255]


def test_the_first_picture_of_an_animation_counts() -> None:
    first, second = Image.new("RGB", (64, 64), RED), Image.new("RGB", (64, 64), BLUE)
    moving = encoded(first, "GIF", save_all=True, append_images=[second] * 30, duration=50)
    assert is_red(pixels(moving)[112, 112])


def test_a_large_jpeg_is_decoded_at_a_fraction_of_its_size() -> None:
    found = upright(encoded(Image.new("RGB", (4_000, 6_000), RED), "JPEG"))
    assert max(found.size) <= 900
    assert is_red(np.asarray(found)[100, 100])


def of_many_scans(side: int, more: int) -> bytes:
    """A progressive JPEG whose last scan is repeated so often."""
    whole = encoded(Image.new("RGB", (side, side), RED), "JPEG", progressive=True)
    last = whole[whole.rindex(b"\xff\xda") : -2]
    return whole[:-2] + last * more + b"\xff\xd9"


@pytest.mark.parametrize(
    ("content", "scans"),
    [
        (encoded(halves(), "JPEG"), 1),
        (encoded(halves(), "JPEG", progressive=True), 10),
        (encoded(halves(), "JPEG", comment=b"\xff\xda" * 200), 1),
        (encoded(halves(), "JPEG") + b"\xff\xda" * 200, 1),
        (of_many_scans(64, 2_000), 2_010),
        (b"\xff", 0),
    ],
    ids=["baseline", "progressive", "in-a-comment", "after-the-end", "repeated", "cut"],
)
def test_the_scans_of_a_jpeg_are_counted(content: bytes, scans: int) -> None:
    assert scans_of(content) == scans


def test_a_progressive_jpeg_is_read() -> None:
    assert is_red(pixels(encoded(halves(), "JPEG", progressive=True))[40, 112])


def test_a_photograph_with_another_behind_it_may_be_as_large_as_a_jpeg() -> None:
    large = Image.new("RGB", (6_000, 5_000), RED)
    two = encoded(large, "MPO", save_all=True, append_images=[halves()])
    assert max(upright(two).size) <= 900


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GET / HTTP/1.1",
        b"\xff\xd8\xff\xe0" + bytes(100),
        b"%PDF-1.7",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        encoded(halves(), "JPEG")[:-200],
        encoded(halves(), "PNG")[:-30],
        encoded(halves(), "TIFF"),
        encoded(halves(), "BMP"),
        bomb(60_000, 60_000),
        bomb(6_000, 6_000),
        of_many_scans(64, 100),
        of_many_scans(5_100, 0),
        encoded(Image.new("RGB", (1, 1)), "PNG"),
        encoded(Image.new("RGB", (2_000, 20)), "PNG"),
    ],
    ids=[
        "empty", "text", "broken-jpeg", "pdf", "postscript", "svg", "cut-jpeg", "cut-png", "tiff",
        "bmp", "bomb", "large-png", "many-scans",
        "large-progressive", "one-pixel", "banner",
    ],
)  # fmt: skip
def test_what_is_no_usable_picture_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput) as refused:
        pixels(content)
    assert refused.value.facts["errors"][0]["pointer"] == "#/image"  # type: ignore[index]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (bomb(12_000, 12_000), "too many pixels"),
        (bomb(20_000, 20_000), "too many pixels"),
        (of_many_scans(5_100, 0), "too many pixels"),
        (of_many_scans(3_000, 35), "too many pixels"),
        (of_many_scans(64, 100), "it is damaged"),
        (bytes(4) + b"ftypheic" + bytes(100), "HEIC"),
        (bytes(4) + b"ftypmif1" + bytes(100), "HEIC"),
        (bytes(4) + b"ftypisom" + bytes(100), "it is damaged"),
    ],
)
def test_it_is_said_what_is_wrong(content: bytes, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        upright(content)


async def test_a_photograph_is_read_when_its_turn_has_come() -> None:
    reader = PhotographReader()
    content, in_progress, most = encoded(halves(), "JPEG"), 0, 0

    async def read() -> bytes:
        nonlocal in_progress, most
        in_progress += 1
        most = max(most, in_progress)
        await asyncio.sleep(0)
        return content

    async def seen() -> None:
        nonlocal in_progress
        await reader.views(read)
        in_progress -= 1

    await asyncio.gather(*(seen() for _ in range(8)))
    assert (most, in_progress) == (1, 0)
    reader.close()


async def test_it_is_said_in_the_language_of_the_sender() -> None:
    reader = PhotographReader()
    with speaking(language_of("de", "en_US")), pytest.raises(InvalidInput, match="HEIC-Datei"):
        await reader.views(bytes(4) + b"ftypheic" + bytes(100))
    reader.close()


def test_a_photograph_is_seen_whole_and_from_closer() -> None:
    wide = Image.new("RGB", (400, 200), BLUE)  # 3:4 of it: the middle 150 pixels
    wide.paste(RED, (135, 20, 265, 180))
    first, closer = views_of_photograph(encoded(wide, "PNG"))[0]
    assert first.shape == closer.shape == (224, 224, 3)
    assert not is_red(first[112, 4])
    assert is_red(closer[112, 4])
    assert is_red(closer[4, 112])


@pytest.mark.parametrize(("size", "places"), [((300, 400), 1), ((400, 400), 1), ((480, 360), 3)])
def test_a_wide_photograph_is_seen_at_its_sides_too(size: tuple[int, int], places: int) -> None:
    seen = views_of_photograph(encoded(Image.new("RGB", size, BLUE), "PNG"))
    assert seen.shape == (places, 2, 224, 224, 3)


def test_what_is_at_the_left_is_seen_at_the_left() -> None:
    wide = Image.new("RGB", (800, 400), BLUE)
    wide.paste(RED, (0, 0, 150, 400))
    middle, left, right = (whole[112, 10] for whole, _ in views_of_photograph(encoded(wide, "PNG")))
    assert [is_red(middle), is_red(left), is_red(right)] == [False, True, False]


async def test_reading_goes_on_after_the_process_that_reads_was_killed() -> None:
    reader = PhotographReader()
    others = set(multiprocessing.active_children())
    photograph = encoded(halves(), "JPEG")
    before = await reader.views(photograph)
    [process] = set(multiprocessing.active_children()) - others
    process.kill()
    await asyncio.to_thread(process.join)
    after = await reader.views(photograph)
    reader.close()
    assert np.array_equal(after, before)
