"""Whether the deployed shop answers: through the proxy of Databricks Apps, signed in as the deployer."""

import time
from collections.abc import Callable, Mapping

import httpx

PATHS = ("/health", "/", "/products", "/api/v1/products", "/cart")
_PAUSE_S = 2.0


class NotWell(Exception):
    """The deployed shop does not answer as it should."""


class SignInRefused(Exception):
    """The proxy of the app refuses this sign-in."""


def wait_until_ready(client: httpx.Client, within_s: float) -> str:
    """Wait for /ready, which answers 200 once the app has migrated. Returns the schema's revision.

    Raises NotWell with the last answer, SignInRefused where the proxy does not pass us on.
    """
    until, last = time.monotonic() + within_s, "no answer"
    while True:
        try:
            answer = client.get("/ready")
        except httpx.TransportError as error:
            last = f"no answer ({error})"
        else:
            if answer.status_code == 200:
                return str(answer.json()["schema_revision"])
            last = _shown(answer)
            if answer.status_code in (301, 302, 303, 307, 401):
                raise SignInRefused(
                    "the app's proxy takes people who signed in by OAuth (`databricks auth login`), and "
                    f"not by a personal access token; it answered {answer.status_code}"
                )
        if time.monotonic() > until:
            raise NotWell(f"/ready did not answer 200 within {within_s:.0f} s, but {last}")
        time.sleep(_PAUSE_S)


def check_paths(client: httpx.Client) -> int:
    """Ask for the pages that every shop has. Returns how many there are. Raises NotWell."""
    for path in PATHS:
        try:
            answer = client.get(path)
        except httpx.TransportError as error:
            raise NotWell(f"{path}: no answer ({error})") from error
        if answer.status_code != 200:
            raise NotWell(f"{path}: {_shown(answer)}")
    return len(PATHS)


def client_of(url: str, headers: Callable[[], Mapping[str, str]]) -> httpx.Client:
    """A client that signs each request in. headers: live ones, as the SDK makes them."""

    def sign(request: httpx.Request) -> None:
        request.headers.update(headers())

    return httpx.Client(base_url=url, timeout=60, event_hooks={"request": [sign]})


def _shown(answer: httpx.Response) -> str:
    """Status and, of a problem document, what it says."""
    try:
        said = answer.json().get("detail", "")
    except (ValueError, AttributeError):
        said = ""
    return f"{answer.status_code} {said}".strip()
