"""Styles, scripts and fonts. Their addresses have a version, so that browsers store them for a year."""

from functools import cache
from hashlib import blake2b
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles

from storefront.errors import NotFound

_FOLDER = Path(__file__).parent / "static"

router = APIRouter(include_in_schema=False)


def _version_of(folder: Path) -> str:
    """A digest of every file in it, names included: another one as soon as any of them changes."""
    digest = blake2b(digest_size=8)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(folder).as_posix()}\0".encode())
            digest.update(blake2b(path.read_bytes()).digest())
    return digest.hexdigest()


# In one file each, so that a first visit waits for few requests before it shows anything: a browser has
# six connections to a server (HTTP/1.1). Layers decide which rule of a style wins, whatever the order of
# styles; each script is a block, so that its names are its own.
_STYLES = ("shop", "frame", "tones", "product", "buying", "listing", "home", "reviews")
_SCRIPTS = ("failures", "search", "frame", "bag")
_EVERY_STYLE, _EVERY_SCRIPT = "every.css", "every.js"
_NAMES = {path.relative_to(_FOLDER).as_posix() for path in _FOLDER.rglob("*") if path.is_file()}
_NAMES |= {_EVERY_STYLE, _EVERY_SCRIPT}
VERSION = _version_of(_FOLDER)
"""The version of this process's files, as in ``/static/{VERSION}/shop.css``."""


def mount(app: FastAPI) -> None:
    """Serve the files under their version: ``url_for("static", path="shop.css")``."""
    app.add_api_route(f"/static/{{version}}/{_EVERY_STYLE}", every_style, include_in_schema=False)
    app.add_api_route(f"/static/{{version}}/{_EVERY_SCRIPT}", every_script, include_in_schema=False)
    app.mount(f"/static/{VERSION}", StaticFiles(directory=_FOLDER), name="static")
    app.include_router(router)


async def every_style(request: Request, version: str) -> Response:
    """The styles of all pages; those of another version lead to the present ones (307)."""
    if version != VERSION:
        return await of_another_version(request, version, _EVERY_STYLE)
    return Response(_styles(), media_type="text/css")


async def every_script(request: Request, version: str) -> Response:
    """The scripts of all pages, as one module; as `every_style`."""
    if version != VERSION:
        return await of_another_version(request, version, _EVERY_SCRIPT)
    return Response(_scripts(), media_type="text/javascript")


@cache
def _styles() -> str:
    return "\n".join((_FOLDER / f"{name}.css").read_text("utf-8") for name in _STYLES)


@cache
def _scripts() -> str:
    parts = ((_FOLDER / f"{name}.js").read_text("utf-8") for name in _SCRIPTS)
    return "\n".join(f"{{\n{part}}}" for part in parts)


@router.get("/static/{version}/{path:path}")
async def of_another_version(request: Request, version: str, path: str) -> Response:
    """To the present version (307): of a page from before a deployment, or from a process still to be
    deployed. What it is answered with is not stored under the other version's address."""
    if version == VERSION or path not in _NAMES:
        raise NotFound(f"There is nothing at {request.url.path}.")
    return RedirectResponse(request.url_for("static", path=path).path)
