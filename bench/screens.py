"""`python -m bench.screens OLD NEW`: which pages look different in two folders of screenshots.

The browser tests keep a screenshot of every page in .local/screens. Copy that folder, run them on
another commit, and compare: a page is named where its height differs by a tenth, or where more than a
twentieth of its blocks of 16 by 16 px do.
"""

import sys
from pathlib import Path

from PIL import Image, ImageChops

_BLOCK = 16
_DIFFERENT = 12  # of 255, on average over a block
_MOST_BLOCKS = 0.05
_MOST_HEIGHT = 0.1


def difference(old: Path, new: Path) -> str | None:
    """How two screenshots differ, if they do."""
    before, after = (Image.open(file).convert("L") for file in (old, new))
    if abs(before.height - after.height) > _MOST_HEIGHT * before.height:
        return f"{before.height} px high before, {after.height} px now"
    size = (before.width // _BLOCK, min(before.height, after.height) // _BLOCK)
    crop = (0, 0, size[0] * _BLOCK, size[1] * _BLOCK)
    blocks = [one.crop(crop).resize(size, Image.Resampling.BOX) for one in (before, after)]
    apart = ImageChops.difference(*blocks).histogram()
    share = sum(apart[_DIFFERENT:]) / max(1, sum(apart))
    return f"{share:.0%} of it differ" if share > _MOST_BLOCKS else None


def main() -> None:
    """Name the pages; 1 where there are any."""
    if len(sys.argv) != 3:
        sys.exit("Usage: python -m bench.screens OLD NEW, two folders of screenshots")
    old, new = map(Path, sys.argv[1:])
    names = sorted(
        {file.relative_to(folder) for folder in (old, new) for file in folder.rglob("*.png")}
    )
    differing = 0
    for name in names:
        present = [folder for folder in (old, new) if (folder / name).exists()]
        said = difference(old / name, new / name) if len(present) == 2 else f"only in {present[0]}"
        if said is not None:
            differing += 1
            print(f"{name}: {said}")
    print(f"{differing} of {len(names)} pages differ")
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main()
