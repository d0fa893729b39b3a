"""Every route of the API, asked by Schemathesis with what its schema allows and with what it forbids."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .buying import buy
from .conftest import STAFF, Person, Shop

# Behind a proxy they answer 501, as documented: the proxy signs people in.
_ONLY_WITHOUT_A_PROXY = "/api/v1/account/(codes|session)"
_CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance",
    "response_headers_conformance", "response_schema_conformance", "unsupported_method",
)  # fmt: skip


@pytest.mark.timeout(900)  # thousands of requests
@pytest.mark.parametrize("paths", ["/api/v1/admin", "/(?!api/v1/admin)"], ids=["staff", "shop"])
def test_each_route_answers_as_the_schema_says(
    proxied_shop: Shop, paths: str, tmp_path: Path
) -> None:
    identity = {"X-Forwarded-Email": STAFF}
    with Person(proxied_shop, **identity) as staff:
        known = {
            "number": buy(staff, STAFF),
            "sku": staff.put_into_bag(),
            "product_id": staff.get("/api/v1/products").json()["products"][0]["product_id"],
            "token": staff.post("/api/v1/checkout").json()["token"],
        }
        staff.get("/openapi.json")  # which the first request makes: on a busy machine it takes long
    names = "".join(f"{name} = {json.dumps(value)}\n" for name, value in known.items())
    (tmp_path / "schemathesis.toml").write_text(f"[parameters]\n{names}", encoding="utf-8")
    run = subprocess.run(
        [
            Path(sys.executable).with_name("schemathesis"), "run", f"{proxied_shop.url}/openapi.json",
            *(word for name, value in identity.items() for word in ("-H", f"{name}: {value}")),
            "--phases", "examples,coverage", "--checks", ",".join(_CHECKS),
            "--include-path-regex", f"^{paths}", "--exclude-path-regex", _ONLY_WITHOUT_A_PROXY,
            "--continue-on-failure", "--warnings", "off", "--no-color", "--seed", "1",
            "--request-timeout", "60",
        ],
        cwd=tmp_path, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[run.stdout.find("FAILURES") :]
