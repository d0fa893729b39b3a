"""Stores pictures: a folder of originals, and one of cached renditions."""

import contextlib
import hashlib
import io
import os
import pkgutil
import re
import tempfile
import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from storefront.errors import InvalidInput, NotFound, Unavailable

WIDTHS = (160, 320, 480, 640, 960)
"""The widths of renditions, in px."""

FORMATS = ("avif", "webp", "jpeg")
"""The formats of renditions, smallest first."""


def widths_for(original: int, most: int) -> list[int]:
    """The widths to offer for a picture: at most ``most``, and not far beyond its original."""
    smaller = [width for width in WIDTHS if width < original and width <= most]
    enough = next((width for width in WIDTHS if width >= original), None)
    return [*smaller, enough] if enough is not None and enough <= most else smaller


_KEY = re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)+")
_DRAWN = "drawn/"
# The last use of a rendition is known to the minute; none used within five minutes is deleted.
_TOUCH_AFTER_S = 60.0
_IN_USE_S = 300.0
_TRIMMED_TO = 0.9  # of the limit, so that the next rendition does not trim again
# With less, the plain background of a studio picture shows bands.
_SAVED: Mapping[str, Mapping[str, Any]] = {
    "avif": {"quality": 60, "speed": 8},  # slower than 8 saves 5 per cent for twice the time
    "webp": {"quality": 84, "method": 4},
    "jpeg": {"quality": 84, "progressive": True, "optimize": True},
}
_MAX_PIXELS = 40_000_000
# Pillow picks a decoder by content, and some of its decoders start other programs.
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
_BACKGROUND = "white"  # behind transparent pixels


class PicturesUnavailable(Unavailable):
    """Pictures cannot be read or stored: the volume does not answer, or the folder cannot be used.

    Everything but new renditions and new pictures works.
    """

    slug, title = "pictures-unavailable", "Pictures are not available right now"


@dataclass(frozen=True, slots=True)
class Original:
    """A stored picture. width and height: in px, as it is shown, upright."""

    key: str
    width: int
    height: int


class Originals(Protocol):
    """Where original pictures are, by key."""

    def read(self, key: str) -> bytes:
        """The content. Raises NotFound (404), PicturesUnavailable (503)."""

    def add(self, key: str, content: bytes) -> None:
        """Store it, unless it is there. Raises PicturesUnavailable (503)."""


class FolderOriginals:
    """Originals below a folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, key: str) -> bytes:
        """The content. Raises NotFound (404), PicturesUnavailable (503)."""
        path = self._folder / key
        try:
            return path.read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
            raise NotFound(f"There is no picture {key}.") from error
        except OSError as error:
            raise _unusable(path, error) from error

    def has(self, key: str) -> bool:
        """Whether it is stored."""
        return (self._folder / key).is_file()

    def add(self, key: str, content: bytes) -> None:
        """Store it, unless it is there. Raises PicturesUnavailable (503)."""
        if not (self._folder / key).exists():
            _write(self._folder / key, content)


class PictureStore:
    """Originals, and renditions below a folder. Keys are names such as ``dataset/15970-1f2e3d4c.jpg``.

    The content of a key never changes: another picture gets another key, so responses may be cached
    forever.

    originals: where they are; None: below the folder too. Renditions are cached on this machine.
    drawing: ``module:function`` that draws the originals whose keys begin with ``drawn/``, from key and
    width in px; it returns an encoded picture and raises ValueError for an unknown key. Given by name,
    since drawings are made in other processes, and nothing here imports the demo.
    """

    def __init__(
        self, folder: Path, originals: Originals | None = None, *, drawing: str | None = None
    ) -> None:
        self._drawing = drawing
        self._originals = originals or FolderOriginals(folder / "originals")
        self._renditions = folder / "renditions"

    def add(self, file: Path, *, collection: str) -> Original:
        """Store a copy of a picture. Adding the same picture again changes nothing.

        Raises InvalidInput (422) where the file cannot be read as a picture, PicturesUnavailable (503).
        """
        name = file.stem.lower()
        return self.put(file.read_bytes(), name=name, collection=collection, shown=str(file))

    def put(
        self, content: bytes, *, name: str, collection: str, shown: str = "The upload"
    ) -> Original:
        """Store a picture, under a key of collection and name. shown: in errors. Raises as `add`."""
        try:
            with _opened(content) as image:
                image.load()
                width, height = _upright(image)
                suffix = (image.format or "").lower().replace("jpeg", "jpg")
        except _UNREADABLE as error:
            raise InvalidInput(
                f"{shown} cannot be read as a picture. Supported are {', '.join(_FORMATS)} of at most "
                f"{_MAX_PIXELS // 1_000_000} megapixels."
            ) from error
        mark = hashlib.sha256(content).hexdigest()[:8]
        key = f"{collection}/{name}-{mark}.{suffix}"
        self._originals.add(key, content)
        return Original(key, width, height)

    def path(self, key: str, width: int, form: str = "webp") -> Path:
        """The path of a rendition, whether it has been made or not.

        width: one of WIDTHS, in px; form: one of FORMATS. Raises NotFound (404) for a malformed key,
        InvalidInput (422) for another width or format.
        """
        if width not in WIDTHS:
            widths = ", ".join(map(str, WIDTHS))
            raise InvalidInput(
                f"Pictures are not available {width} px wide. Available widths: {widths}.",
                errors=[{"pointer": "#/w", "detail": f"must be one of {widths}"}],
            )
        if form not in FORMATS:
            formats = ", ".join(FORMATS)
            raise InvalidInput(
                f"Pictures are not available as {form}. Available formats: {formats}.",
                errors=[{"pointer": "#/f", "detail": f"must be one of {formats}"}],
            )
        return self._renditions / str(width) / f"{_checked(key)}.{form}"

    def lacks(self, key: str) -> bool:
        """Whether it has no original of this key; false for a volume, where each key is a request."""
        originals = self._originals
        return (
            isinstance(originals, FolderOriginals)
            and not self.is_drawn(key)
            and not originals.has(key)
        )

    def is_drawn(self, key: str) -> bool:
        """Whether the original of this key would be a drawing."""
        return key.startswith(_DRAWN)

    def use(self, path: Path) -> bool:
        """Whether the rendition exists; records its use for `trim`."""
        try:
            used_at = path.stat().st_mtime
        except OSError:
            return False
        if time.time() - used_at > _TOUCH_AFTER_S:
            with contextlib.suppress(OSError):  # a folder of another user, or read-only
                os.utime(path)
        return True

    def size(self, path: Path) -> int:
        """Bytes of a rendition; 0 where it does not exist."""
        return path.stat().st_size if path.exists() else 0

    def trim(self, max_bytes: int) -> None:
        """Delete the least recently used renditions while all take more than ``max_bytes``.

        Safe in several processes at once. Some 10 ms for 1,000 renditions.
        """
        files: list[tuple[float, int, Path]] = []
        for path in self._renditions.rglob("*"):
            with contextlib.suppress(FileNotFoundError):  # another process deleted it
                if path.is_file():
                    stat = path.stat()
                    files.append((stat.st_mtime, stat.st_size, path))
        excess = sum(size for _, size, _ in files) - max_bytes
        if excess <= 0:
            return
        excess += int(max_bytes * (1 - _TRIMMED_TO))
        for used_at, size, path in sorted(files):
            if excess <= 0 or time.time() - used_at < _IN_USE_S:
                return
            path.unlink(missing_ok=True)
            excess -= size

    def make(self, key: str, width: int, form: str = "webp") -> None:
        """Make a rendition, at most as wide as its original, upright, on white where transparent.

        A few ms of CPU for a photograph; 20 ms (160 px) to half a second (960 px) for a drawing.

        Raises as `path`, NotFound (404) where there is no such original, PicturesUnavailable (503).
        """
        path = self.path(key, width, form)
        try:
            with _opened(self._original(key, width)) as image:
                picture = ImageOps.exif_transpose(image).convert("RGBA")
        except _UNREADABLE as error:
            raise NotFound(f"The picture {key} cannot be read.") from error
        background = Image.new("RGBA", picture.size, _BACKGROUND)
        shown = Image.alpha_composite(background, picture).convert("RGB")
        shown.thumbnail((width, width * 4), Image.Resampling.LANCZOS)
        buffer = io.BytesIO()
        shown.save(buffer, form, **_SAVED[form])
        _write(path, buffer.getvalue())

    def _original(self, key: str, width: int) -> bytes:
        if self.is_drawn(key) and self._drawing:
            try:
                drawn: bytes = pkgutil.resolve_name(self._drawing)(key, width)
            except ValueError as error:
                raise NotFound(f"There is no picture {key}.") from error
            return drawn
        return self._originals.read(key)


# What Pillow raises for bytes that are not a picture, or only half of one.
_UNREADABLE = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    OSError,
    ValueError,
    SyntaxError,
)


def _opened(content: bytes) -> Image.Image:
    """A picture, not yet decoded. Raises one of _UNREADABLE."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # _MAX_PIXELS is lower
        image = Image.open(io.BytesIO(content), formats=_FORMATS)
    if image.width * image.height > _MAX_PIXELS:
        raise ValueError(f"{image.width} x {image.height} pixels")
    return image


def _upright(image: Image.Image) -> tuple[int, int]:
    """Width and height of a picture once it is rotated by its EXIF tag Orientation."""
    is_turned = image.getexif().get(ExifTags.Base.Orientation, 1) in (5, 6, 7, 8)
    return (image.height, image.width) if is_turned else (image.width, image.height)


def _checked(key: str) -> str:
    if len(key) > 200 or not _KEY.fullmatch(key):
        raise NotFound("There is no such picture.")
    return key


def _write(path: Path, content: bytes) -> None:
    """Write a file atomically, so that no reader sees half a picture.

    Raises PicturesUnavailable (503).
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            temporary = Path(file.name)
            _fill(temporary, content)
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        raise _unusable(path, error) from error


def _fill(temporary: Path, content: bytes) -> None:
    try:
        temporary.write_bytes(content)
    except OSError:  # the disk is full
        temporary.unlink()
        raise


def _unusable(path: Path, error: OSError) -> PicturesUnavailable:
    return PicturesUnavailable(
        "Pictures cannot be read or stored right now.", reason=f"{path}: {error.strerror}."
    )
