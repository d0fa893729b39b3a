"""The shop as an app on a phone: what its manifest and its service worker name is there."""

import json
import re

import httpx


async def test_the_manifest_names_icons_that_are_there(client: httpx.AsyncClient) -> None:
    answer = await client.get("/manifest.webmanifest")
    assert answer.headers["content-type"] == "application/manifest+json"
    manifest = answer.json()
    assert manifest["display"] == "standalone"
    assert {icon["sizes"] for icon in manifest["icons"]} >= {"192x192", "512x512"}
    addresses = [icon["src"] for icon in manifest["icons"]]
    addresses += [shortcut["url"] for shortcut in manifest["shortcuts"]]
    for address in [manifest["start_url"], *addresses]:
        assert (await client.get(address)).status_code == 200, address


async def test_the_service_worker_stores_a_frame_that_is_there(client: httpx.AsyncClient) -> None:
    answer = await client.get("/service-worker.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    [settings] = re.findall(r"^const SHOP = (.*);$", answer.text, re.MULTILINE)
    shell = json.loads(settings)["shell"]
    assert len(shell) > 5
    for address in shell:
        assert (await client.get(address)).status_code == 200, address


async def test_language_models_are_told_what_there_is(client: httpx.AsyncClient) -> None:
    answer = await client.get("/llms.txt")
    assert answer.text.startswith("# ")
    links = re.findall(r"\]\(http://localhost:8000([^)]+)\)", answer.text)
    assert len(links) > 4
    for link in links:
        assert (await client.get(link)).status_code == 200, link
