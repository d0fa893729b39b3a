"""Reads a photograph that anybody may have sent: into the pixels that the network takes, or into a copy
that can be shown. Pure.

Bounded in memory: a JPEG is decoded at a fraction of its size, other formats may have fewer pixels.
The caller bounds the time, by running this in a separate process (vision/photograph_reader.py).
"""

import io
import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from storefront.errors import InvalidInput
from storefront.texts import _
from storefront.vision.encoder import SIDE
from storefront.vision.jpeg_scans import scans_of

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
"""What may be sent. Named, since Pillow picks a decoder by content, and some start other programs."""

_MOST_PIXELS = {"JPEG": 100_000_000, "MPO": 100_000_000}  # MPO: a JPEG with more pictures behind it
_MOST_PIXELS_ELSE = 25_000_000  # decoded in full: also a JPEG of several scans
_MOST_SCANS = 50  # encoders write some 10
_MOST_SCANNED = 300_000_000  # pixels of all scans together: 0.4 s of one core
_SMALLEST_SIDE = 16
_NARROWEST = 8.0  # the longer side by the shorter: a banner shows no garment
_SHAPE = 3 / 4  # width by height of a studio picture
_CLOSER = 0.8
_WIDE = 1.2  # width by height from which on the sides of a photograph are seen, too
_ENOUGH = round(
    SIDE / _CLOSER
)  # px of a side, for the closer view to have all that the network takes
_COPY_PX = 1_200
_THUMBNAIL_PX = 240
_QUALITY = 82
_GROUND = "white"  # behind what is transparent
_UNREADABLE = (
    UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, IndexError, OverflowError,
)  # fmt: skip
# Brands of HEIF files (ISO/IEC 23008-12, 10.2), which iPhones write; AVIF is another one of them.
_HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


@dataclass(frozen=True, slots=True)
class Copy:
    """A photograph to be shown: a JPEG without metadata, its sides in px, and a small one."""

    content: bytes
    width: int
    height: int
    thumbnail: bytes


def upright(content: bytes, *, enough: int = _ENOUGH, most: int = 4 * _ENOUGH) -> Image.Image:
    """A photograph as RGB, turned as its camera says; the first picture of an animation.

    Not larger than it needs to be: the shorter side of a JPEG may come reduced, to ``enough`` px or
    more; no side is longer than ``most`` px. Nothing of its metadata is left but the pixels.
    Raises InvalidInput (422) for bytes that are no such picture, too large, too small or too narrow.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # our own limit is lower; odd metadata is not our concern
            with Image.open(io.BytesIO(content), formats=FORMATS) as image:
                _check_size(image, scans_of(content) if image.format in _MOST_PIXELS else 1)
                image.draft("RGB", (enough, enough))
                image.load()
                # Reduced before it is turned: turning copies every pixel.
                image.thumbnail((most, most), reducing_gap=2.0)
                return _as_rgb(ImageOps.exif_transpose(image))
    except (
        Image.DecompressionBombError
    ) as error:  # Pillow's limit is above ours, but looked at before
        raise _refused(_too_many_pixels()) from error
    except _UNREADABLE as error:
        raise _refused(_why_unreadable(content)) from error


def copy_of(content: bytes) -> Copy:
    """A photograph as it can be shown to anybody: re-encoded, 1,200 px at most, without metadata.

    Raises InvalidInput (422).
    """
    picture = upright(content, enough=_COPY_PX, most=_COPY_PX)
    small = picture.copy()
    small.thumbnail((_THUMBNAIL_PX, _THUMBNAIL_PX))
    return Copy(_as_jpeg(picture), picture.width, picture.height, _as_jpeg(small))


def squeezed(picture: Image.Image) -> NDArray[np.uint8]:
    """The whole of a picture, squeezed to the square that the network takes: [224, 224, 3]."""
    return np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.BICUBIC), dtype=np.uint8)


def views_of_picture(content: bytes) -> NDArray[np.uint8]:
    """What the encoder is given of a catalogue's picture: [2, 224, 224, 3]. Raises InvalidInput (422).

    The whole, and the middle of it: shoppers also photograph a part of a garment, from close by.
    """
    picture = upright(content)
    return np.stack([squeezed(picture), squeezed(_part(picture, _CLOSER))])


def views_of_photograph(content: bytes) -> NDArray[np.uint8]:
    """What the encoder is given of a shopper's photograph: [p, 2, 224, 224, 3], from p places of it.

    In each place its largest part in the shape of a studio picture, and the middle of that: a shopper
    stands further away than a studio does, and shows more of the room. One place, the middle; of a wide
    photograph the left and the right, too (docs/decisions/0064). Raises InvalidInput (422).
    """
    picture = upright(content)
    is_wide = picture.width > _WIDE * picture.height
    parts = [_part(picture, 1.0, place) for place in ((0.5, 0.0, 1.0) if is_wide else (0.5,))]
    return np.stack([np.stack([squeezed(part), squeezed(_part(part, _CLOSER))]) for part in parts])


def _as_jpeg(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    # A new image: no profile, comment or EXIF of the original can get into it.
    Image.frombytes("RGB", picture.size, picture.tobytes()).save(
        buffer, "JPEG", quality=_QUALITY, optimize=True
    )
    return buffer.getvalue()


def _part(picture: Image.Image, share: float, place: float = 0.5) -> Image.Image:
    """A part of a picture, 3:4: this share of what fits. place: 0 at the left, 1 at the right."""
    width = min(picture.width, picture.height * _SHAPE) * share
    height = width / _SHAPE
    left, top = (picture.width - width) * place, (picture.height - height) / 2
    return picture.crop((round(left), round(top), round(left + width), round(top + height)))


def _check_size(image: Image.Image, scans: int) -> None:
    if scans > _MOST_SCANS:
        raise ValueError(f"a JPEG of {scans} scans")
    if scans > 1:
        most = min(_MOST_PIXELS_ELSE, _MOST_SCANNED // scans)
    else:
        most = _MOST_PIXELS.get(image.format or "", _MOST_PIXELS_ELSE)
    shorter, longer = sorted(image.size)
    if image.width * image.height > most:
        raise _refused(_too_many_pixels())
    if shorter < _SMALLEST_SIDE or longer > _NARROWEST * shorter:
        raise _refused(
            _(
                "This picture is %(width)s × %(height)s pixels: too small or too narrow to show "
                "anything. Each side must have %(least)s or more.",
                width=image.width,
                height=image.height,
                least=_SMALLEST_SIDE,
            )
        )


def _too_many_pixels() -> str:
    return _(
        "This picture has too many pixels. A JPEG may have %(jpeg)s megapixels, a progressive one or "
        "any other picture %(most)s. Send a smaller copy of it.",
        jpeg=_MOST_PIXELS["JPEG"] // 1_000_000,
        most=_MOST_PIXELS_ELSE // 1_000_000,
    )


def _why_unreadable(content: bytes) -> str:
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC:
        return _(
            "This is a HEIC file, which cannot be read here. Save it as a JPEG and send that; a "
            "screenshot of it works, too."
        )
    return _(
        "This file cannot be read as a picture: it is damaged, or not one of %(formats)s. Send "
        "another one.",
        formats=", ".join(FORMATS),
    )


def _refused(reason: str) -> InvalidInput:
    return InvalidInput.of("image", reason)


def _as_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16") or image.mode == "I":  # 16 bits: convert() would clip them
        return Image.fromarray(
            (np.asarray(image, dtype=np.float64) / 257).astype(np.uint8)
        ).convert("RGB")
    if image.has_transparency_data:
        picture = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", picture.size, _GROUND), picture).convert(
            "RGB"
        )
    return image.convert("RGB")
