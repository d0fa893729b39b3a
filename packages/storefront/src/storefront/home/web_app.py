"""The shop as an app on a phone: its manifest, and the service worker that keeps pages.

A service worker governs the addresses below its own (Service Workers, W3C, "Registration"), so it is at
the root and not among the static files, whose version it carries.
"""

import json
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from storefront.texts import _, languages, localized, speaking
from storefront.web.static_files import VERSION

router = APIRouter(include_in_schema=False)

_WORKER = Path(__file__).with_name("service_worker.js").read_text(encoding="utf-8")
# What every page needs; the rest is stored when it is first used.
_SHELL = ("every.css", "every.js", "icons.svg",
          "fonts/cormorant.woff2", "fonts/instrument-sans.woff2")  # fmt: skip


@router.get("/manifest.webmanifest", name="manifest")
async def manifest(request: Request) -> Response:
    """What a phone needs to install the shop (Web Application Manifest, W3C)."""
    name = request.state.settings.name

    def icon(file: str, sizes: str, kind: str, purpose: str = "any") -> dict[str, str]:
        address = request.url_for("static", path=file).path
        return {"src": address, "sizes": sizes, "type": kind, "purpose": purpose}

    return JSONResponse(
        {
            "name": name,
            "short_name": name,
            "id": "/",
            "start_url": request.url_for("home").path,
            "scope": "/",
            "display": "standalone",
            "lang": "en",
            "background_color": "#fcfaf6",
            "theme_color": "#fcfaf6",
            "categories": ["shopping"],
            "icons": [
                icon("icon.svg", "any", "image/svg+xml"),
                icon("icon-192.png", "192x192", "image/png"),
                icon("icon-512.png", "512x512", "image/png"),
                icon("icon-maskable-512.png", "512x512", "image/png", "maskable"),
            ],
            "shortcuts": [
                {"name": "Bag", "url": request.url_for("cart").path},
                {"name": "Search by photograph", "url": request.url_for("photo").path},
            ],
        },
        media_type="application/manifest+json",
    )


@router.get("/service-worker.js", name="service_worker")
async def service_worker(request: Request) -> Response:
    """The worker, with the version of the static files and the addresses it stores at once."""
    shell = [request.url_for("static", path=path).path for path in _SHELL]
    offline = {}
    for language in languages(request.state.settings.locale):
        with speaking(language):
            note = _(
                "You are offline. This page is of %(when)s: prices and stock may have changed."
            )
            offline[language.prefix] = {
                "offline": localized(request.url_for("offline").path),
                "note": note,
                "code": language.code,
            }
    settings = {
        "version": VERSION,
        "shell": [*shell, *(one["offline"] for one in offline.values())],
        # By the prefix of the addresses of each language, the longest first.
        "languages": dict(reversed(offline.items())),
    }
    return Response(
        f"const SHOP = {json.dumps(settings)};\n{_WORKER}", media_type="text/javascript"
    )
