"""Where pictures are kept: a folder of originals, and of the renditions made from them once."""

import hashlib
import io
import re
import tempfile
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from storefront.demo.drawing import draw, rasterise
from storefront.errors import InvalidInput, NotFound

WIDTHS = (160, 320, 480, 640, 960)
"""Widths in px that a picture may be asked for; few, so that a crawler cannot fill the disk."""

_KEY = re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)+")
_DRAWN = "drawn/"
_QUALITY = 84  # WebP; below about 80 the flat ground of a studio picture shows bands
_MOST_PIXELS = 40_000_000


class PictureStore:
    """Originals and renditions below one folder. Keys are names such as ``dataset/15970-1f2e3d4c.jpg``.

    A key names its content for good: another picture gets another key, so what is served under it may
    be cached for ever.
    """

    def __init__(self, folder: Path) -> None:
        self._originals = folder / "originals"
        self._renditions = folder / "renditions"

    def add(self, file: Path, *, collection: str) -> str:
        """Keep a copy of a picture and return its key. Adding the same picture again changes nothing.

        Raises InvalidInput (422) where the file is no picture that can be read.
        """
        content = file.read_bytes()
        try:
            with Image.open(io.BytesIO(content)) as image:
                suffix = (image.format or "").lower().replace("jpeg", "jpg")
        except (UnidentifiedImageError, Image.DecompressionBombError) as error:
            raise InvalidInput(f"{file} is no picture that can be read. Leave it out.") from error
        mark = hashlib.sha256(content).hexdigest()[:8]
        key = f"{collection}/{file.stem.lower()}-{mark}.{suffix}"
        kept = self._originals / key
        if not kept.exists():
            _write(kept, content)
        return key

    def place(self, key: str, width: int) -> Path:
        """Where the WebP rendition of a picture is, or will be once `make` has made it.

        width: one of WIDTHS, in px. Raises NotFound (404) for a key that no picture can have,
        InvalidInput (422) for another width.
        """
        if width not in WIDTHS:
            widths = ", ".join(map(str, WIDTHS))
            raise InvalidInput(
                f"A picture cannot be {width} px wide; ask for one of {widths}.",
                errors=[{"pointer": "#/w", "detail": f"must be one of {widths}"}],
            )
        return self._renditions / str(width) / f"{_checked(key)}.webp"

    def make(self, key: str, width: int) -> None:
        """Make a rendition, at most as wide as its original. 20 to 150 ms of CPU.

        Raises as `place`, and NotFound (404) where there is no such original.
        """
        place = self.place(key, width)
        with self._open(key, width) as image:
            image.thumbnail((width, width * 4), Image.Resampling.LANCZOS)
            buffer = io.BytesIO()
            image.convert("RGB").save(buffer, "webp", quality=_QUALITY, method=4)
        _write(place, buffer.getvalue())

    def _open(self, key: str, width: int) -> Image.Image:
        if key.startswith(_DRAWN):
            try:
                return Image.open(io.BytesIO(rasterise(draw(key), width)))
            except ValueError as error:
                raise NotFound(f"There is no picture {key}.") from error
        try:
            image = Image.open(self._originals / key)
        except (FileNotFoundError, IsADirectoryError) as error:
            raise NotFound(f"There is no picture {key}.") from error
        if image.width * image.height > _MOST_PIXELS:
            raise NotFound(f"The picture {key} is too large to be shown.")
        return image


def _checked(key: str) -> str:
    if len(key) > 200 or not _KEY.fullmatch(key):
        raise NotFound("There is no picture of that name.")
    return key


def _write(path: Path, content: bytes) -> None:
    """Write a file at once or not at all, so that nobody ever reads half a picture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    made = Path(file.name)
    made.chmod(0o644)
    made.replace(path)
