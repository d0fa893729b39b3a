"""Deploys the shop to a stand-in of Databricks Apps, buys in it, and makes go wrong what will.

Prints each step with what was seen; the exit code is 1 where one failed.
"""

import argparse
import asyncio
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import asyncpg
import httpx
from databricks.sdk import WorkspaceClient
from PIL import Image

from lakepass.emulator import Emulator, running_emulator
from tools.rehearsal.platform import STOP_WITHIN_S, Deployment, app_yaml, install, upload
from tools.rehearsal.proxy import AppsProxy, served
from tools.rehearsal.traffic import buy, traffic, visitor

STAFF, SHOPPER = "staff@example.com", "ann@example.com"
_PRODUCTS = 100
_MOST_REASONS = 20
_VOLUME = "/Volumes/main/default/files/pictures"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the report."""

    name: str
    is_good: bool
    seconds: float
    seen: str


class Rehearsal:
    """One workspace, one app, the steps in order; each returns what it saw or raises AssertionError."""

    def __init__(
        self,
        emulator: Emulator,
        folder: Path,
        proxy: AppsProxy,
        url: str,
        *,
        workers: int | None = None,
    ) -> None:
        """workers: processes of a deployment; None: as app.yaml says."""
        self._emulator = emulator
        self._folder = folder
        self._proxy = proxy
        self._url = url
        self._workers = workers
        self._app: Deployment | None = None

    def steps(self) -> dict[str, Callable[[], Awaitable[str]]]:
        """What is rehearsed, by what the report calls it."""
        return {
            "upload and install": self.install,
            "check before deploying": self.check,
            "start as app.yaml says": self.start,
            "rights in the database": self.rights,
            "fill as the deployer": self.fill,
            "pictures from a volume": self.pictures,
            "smoke test": self.smoke,
            "a purchase": self.purchase,
            "tokens expire, keys rotate": self.rotate,
            "the compute sleeps": self.sleep,
            "the compute restarts": self.restart,
            "rolling restart": self.roll,
            "roll back to older code": self.roll_back,
            "the end": self.end,
        }

    async def install(self) -> str:
        """The checkout as it is uploaded, installed from requirements.txt."""
        upload(self._folder)
        await asyncio.to_thread(install, self._folder)
        packages = sorted(path.name for path in self._site().glob("*.dist-info"))
        assert not any(one.startswith(("pytest", "mypy")) for one in packages), packages
        return f"{len(packages)} packages"

    def _site(self) -> Path:
        [site] = self._folder.glob(".venv/lib/python*/site-packages")
        return site

    async def check(self) -> str:
        """`storefront check-deploy` finds no error in the checkout."""
        command = Path(sys.executable).with_name("storefront")
        root = Path(__file__).parents[2]
        done = await asyncio.create_subprocess_exec(
            command, "check-deploy", "--json", "--root", root, stdout=subprocess.PIPE
        )
        findings = json.loads((await done.communicate())[0])["findings"]
        assert done.returncode == 0, findings
        return f"0 errors, {len(findings)} warnings"

    async def start(self) -> str:
        """With the injected variables alone; it migrates the empty database."""
        self._app = await self._deployed()
        ready = (await self._app.wait_for("/ready")).json()
        self._proxy.target = self._app.url
        wanted = self._variables()[1]["STORE_WORKERS"]
        processes = self._app.processes()
        assert processes == int(wanted), f"{processes} processes serve, not {wanted}"
        return f"schema {ready['schema_revision']}, {processes} process{'es' * (processes > 1)}"

    def _variables(self) -> tuple[list[str], dict[str, str]]:
        resources = {"postgres": self._emulator.endpoint, "secret-keys": "rehearsal" * 4}
        command, variables = app_yaml(self._folder, resources)
        if self._workers is not None:
            variables["STORE_WORKERS"] = str(self._workers)
        return command, variables

    async def _deployed(self) -> Deployment:
        command, variables = self._variables()
        variables |= {
            "STORE_STAFF": STAFF,
            "STORE_PUBLIC_URL": f"https://{self._proxy.host}",
            "STORE_MAIL_DIR": str(self._folder / "mail"),
            "STORE_PICTURES_DIR": str(self._folder / "pictures"),
            "STORE_PICTURES_VOLUME": _VOLUME,
        }
        injected = self._emulator.app_environment()
        # The local authority is a private one; that of the service is among the system's.
        injected["PGSSLROOTCERT"] = self._emulator.environment()["PGSSLROOTCERT"]
        return await asyncio.to_thread(Deployment, self._folder, command, {**injected, **variables})

    async def rights(self) -> str:
        """The app owns its schema, and is no superuser."""
        app = self._emulator.app_environment()["PGUSER"]
        owner = await self._one(
            "select nspowner::regrole::text from pg_namespace where nspname = 'shop'"
        )
        is_super = await self._one("select rolsuper from pg_roles where rolname = $1", app)
        assert owner.strip('"') == app, f"the schema belongs to {owner}"
        assert not is_super, "the app is a superuser"
        return f"schema shop belongs to {app}"

    async def _one(self, statement: str, *values: object) -> str:
        """One value, past the gateway."""
        connection = await asyncpg.connect(**self._emulator.admin_dsn_kwargs)
        try:
            return str(await connection.fetchval(statement, *values) or "")
        finally:
            await connection.close()

    async def fill(self) -> str:
        """The deployer fills the catalogue from a laptop, logged in as themselves."""
        command = Path(sys.executable).with_name("storefront")
        done = await asyncio.create_subprocess_exec(
            command, "demo", "--products", str(_PRODUCTS),
            env={**os.environ, **self._emulator.environment(),
                 "STORE_PICTURES_DIR": str(self._folder / "pictures"),
                 "STORE_SECRET_KEYS": "rehearsal" * 4,
                 "STORE_MAIL_DIR": str(self._folder / "mail")},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        told = (await done.communicate())[0].decode()
        assert done.returncode == 0, told
        return told.strip().splitlines()[-1]

    async def smoke(self) -> str:
        """Pages and API by the proxy; strangers see nothing, staff see the back office."""
        async with httpx.AsyncClient(base_url=self._url, timeout=60) as client:
            assert (await client.get("/")).status_code == 401, "a stranger came through the proxy"
        seen = []
        async with self._as(SHOPPER) as client:
            listing = (await client.get("/api/v1/products")).json()
            assert listing["total"] == _PRODUCTS, f"{listing['total']} products are listed"
            first = listing["products"][0]
            for path in ("/", "/products", first["url"], first["image_url"], "/health", "/ready"):
                status = (await client.get(path)).status_code
                assert status == 200, f"{path}: {status}"
                seen.append(path)
            forged = await client.get("/admin", headers={"X-Forwarded-Email": STAFF})
            assert forged.status_code == 403, f"a shopper opens /admin: {forged.status_code}"
        async with self._as(STAFF) as client:
            page = await client.get("/admin/connection")
            assert "The shop reaches its database" in page.text, page.text
        return f"{len(seen)} addresses answer 200; /admin for staff alone"

    def _as(self, who: str) -> httpx.AsyncClient:
        return visitor(self._url, who)

    async def purchase(self) -> str:
        """From the listing to the account's orders."""
        return f"order {await buy(self._url, SHOPPER)}"

    async def rotate(self) -> str:
        """Every credential expires and the workspace signs with new keys; nobody notices."""
        orders: list[str] = []
        requests = 0
        for _ in range(3):
            await asyncio.to_thread(self._emulator.faults.rotate_keys)
            await asyncio.to_thread(self._emulator.faults.expire_tokens)
            # While nobody asks: a statement that is cut is never sent again, and answered by 503.
            await asyncio.to_thread(self._emulator.faults.cut_connections)
            async with traffic(self._url, SHOPPER) as seen:
                orders.append(await buy(self._url, SHOPPER))
            assert not seen.failed, seen.told()
            requests += seen.requests
        return f"{requests} requests, 0 failed; orders {', '.join(orders)}"

    async def sleep(self) -> str:
        """Scaled to zero; the next login wakes it after two seconds."""
        await asyncio.to_thread(self._emulator.faults.sleep, 2.0)
        async with traffic(self._url, SHOPPER) as seen:
            number = await buy(self._url, SHOPPER)
        assert not seen.failed, seen.told()
        return f"{seen.told()}; order {number}"

    async def restart(self) -> str:
        """The database server restarts: a statement that is cut is answered by 503, nothing by 500."""
        async with traffic(self._url, SHOPPER) as seen:
            await asyncio.to_thread(self._emulator.faults.restart, 1.0)
            number = await buy(self._url, SHOPPER)
        assert set(seen.failed) <= {"503"}, seen.told()
        return f"{seen.told()}; order {number}"

    async def roll(self) -> str:
        """A new deployment takes over while people browse and buy; the old one ends in time."""
        async with traffic(self._url, SHOPPER) as seen:
            took_s = await self._replace()
            await buy(self._url, SHOPPER)
        assert not seen.failed, seen.told()
        return f"{seen.told()}; the old process ended in {took_s:.1f} s"

    async def pictures(self) -> str:
        """A picture that the deployer stored on the volume reaches the app."""
        drawn = io.BytesIO()
        Image.new("RGB", (480, 640), "teal").save(drawn, "jpeg")
        client = WorkspaceClient(
            host=self._emulator.workspace_url, token=self._emulator.personal_access_token
        )
        upload_file = client.files.upload
        await asyncio.to_thread(upload_file, f"{_VOLUME}/own/shirt-1.jpg", drawn, overwrite=True)
        assert self._app is not None
        shown = await self._app.wait_for("/images/own/shirt-1.jpg?w=160")
        assert shown.headers["content-type"].startswith("image/"), shown.headers
        return f"{len(shown.content):,} bytes, 160 px wide, of an original on {_VOLUME}"

    async def _replace(self) -> float:
        """Start another process, send people there once it is ready, end the old one."""
        old, new = self._app, await self._deployed()
        await new.wait_for("/ready")
        self._proxy.target, self._app = new.url, new
        assert old is not None
        took_s = await old.stop()
        assert took_s < STOP_WITHIN_S, f"the old process had to be killed: {old.log_end()}"
        return took_s

    async def roll_back(self) -> str:
        """Newer code has migrated; this code takes over again, and sells on the newer schema."""
        await self._admin(
            "alter table shop.orders add column of_a_later_release text;"
            "update shop.alembic_version set version_num = '9999'"
        )
        async with traffic(self._url, SHOPPER) as seen:
            await self._replace()
            number = await buy(self._url, SHOPPER)
        assert not seen.failed, seen.told()
        return f"{seen.told()}; order {number} on the newer schema"

    async def _admin(self, statements: str) -> None:
        connection = await asyncpg.connect(**self._emulator.admin_dsn_kwargs)
        try:
            await connection.execute(statements)
        finally:
            await connection.close()

    async def end(self) -> str:
        """SIGTERM, then 15 seconds; afterwards the books agree."""
        assert self._app is not None
        took_s = await self._app.stop()
        assert took_s < STOP_WITHIN_S, f"it had to be killed: {self._app.log_end()}"
        orders = await self._one("select count(*) from shop.orders where number is not null")
        return f"ended in {took_s:.1f} s; {orders} orders in the database"

    def reasons(self) -> str:
        """Why the app answered requests by 503, as its logs have it."""
        lines = [
            json.loads(line)
            for log in self._folder.glob("*.log")
            for line in log.read_text(encoding="utf-8").splitlines()
            if '"logger": "storefront.web.problems"' in line
        ]
        return "\n".join(
            f"   {one['timestamp']} {one['message']}" for one in lines[-_MOST_REASONS:]
        )

    async def aclose(self) -> None:
        """End what still runs."""
        if self._app is not None:
            await self._app.stop()


async def rehearse(report: Callable[[Step], None], *, workers: int | None = None) -> list[Step]:
    """Take every step; after one that failed, only those that need nothing of it make sense: none."""
    done: list[Step] = []
    with tempfile.TemporaryDirectory() as folder, running_emulator() as emulator:
        proxy = AppsProxy(lambda _who: emulator.user_token())
        async with served(proxy) as url:
            rehearsal = Rehearsal(emulator, Path(folder), proxy, url, workers=workers)
            try:
                for name, act in rehearsal.steps().items():
                    began = time.monotonic()
                    try:
                        seen, is_good = await act(), True
                    except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
                        seen = f"{str(error) or repr(error)}\n{rehearsal.reasons()}"
                        is_good = False
                    done.append(Step(name, is_good, round(time.monotonic() - began, 1), seen))
                    report(done[-1])
                    if not is_good:
                        break
            finally:
                await rehearsal.aclose()
                await proxy.aclose()
    return done


def main() -> int:
    """Rehearse, and print the report."""
    parser = argparse.ArgumentParser(
        prog="make deploy-rehearsal",
        description="Deploys the shop to a stand-in of Databricks Apps and the local Lakebase: installs "
        "requirements.txt, starts as app.yaml says, buys, and goes through expired tokens, a sleeping "
        "and a restarting compute, a rolling restart and a roll-back. Takes about two minutes.",
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument(
        "--workers", type=int, metavar="N", help="processes that serve (default: as app.yaml says)"
    )
    options = parser.parse_args()

    def show(step: Step) -> None:
        if not options.json:
            mark = "✓" if step.is_good else "✗"
            print(f"{mark}  {step.name:28} {step.seconds:6.1f} s  {step.seen}", flush=True)

    steps = asyncio.run(rehearse(show, workers=options.workers))
    is_good = all(step.is_good for step in steps)
    if options.json:
        print(json.dumps({"ok": is_good, "steps": [asdict(step) for step in steps]}, indent=1))
    elif not is_good:
        print("The rehearsal ended here. Fix this, and run it again.")
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
