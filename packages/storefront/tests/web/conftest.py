"""A small app over the shop's own web ground: visitor, forms, messages and the same-origin check."""

import time
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

import httpx
import pytest
from fastapi import FastAPI, Request, Response
from itsdangerous import TimestampSigner
from pydantic import BaseModel, Field, SecretStr

from storefront.settings import Settings
from storefront.web import forms, problems
from storefront.web.cookies import Cookies
from storefront.web.forms import Form
from storefront.web.middleware.cache_policy import CacheHeaders
from storefront.web.same_origin import SameOrigin
from storefront.web.signing import Signer
from storefront.web.visitor import CurrentVisitor


class Measure(BaseModel):
    """A form of every kind of field."""

    name: Annotated[str, Field(min_length=2, max_length=20)]
    chest_cm: Annotated[int, Field(ge=50, le=200)]
    note: str | None = None
    colours: list[str] = []


def app(settings: Settings, signer: Signer) -> Any:
    """The app, with what the shop's start puts into the state of each request."""
    routes = FastAPI()

    @routes.get("/look")
    async def look(visitor: CurrentVisitor) -> dict[str, str | None]:
        return {"visitor": visitor.id}

    @routes.post("/remember")
    async def remember(visitor: CurrentVisitor) -> dict[str, str]:
        return {"visitor": visitor.ensure_id()}

    @routes.post("/forget")
    async def forget(visitor: CurrentVisitor) -> None:
        visitor.delete_cookie()

    @routes.post("/api/measure")
    async def measure(request: Request) -> Response:
        form = await Form.read(request, Measure)
        if form.data is not None and form.data.name == "Nobody":
            form.refuse("name", "This name is taken.")
        if form.data is None:
            return Response(repr((form.values, form.errors)), status_code=422)
        return forms.done(request, to="/look", message=f"Saved {form.data!r}; thanks, “Zoë”.")

    problems.install(routes)
    routes.add_middleware(SameOrigin)
    routes.add_middleware(Cookies)
    routes.add_middleware(CacheHeaders)

    async def with_state(scope: Any, receive: Any, send: Any) -> None:
        scope["state"] = {"settings": settings, "signer": signer}
        await routes(scope, receive, send)

    return with_state


KEY = "k" * 32


@pytest.fixture
def signer() -> Signer:
    return Signer([KEY])


@pytest.fixture
def signed_ago(monkeypatch: pytest.MonkeyPatch, signer: Signer) -> Callable[[int, str, str], str]:
    """Signs a value for a purpose, as it was signed so many days ago."""

    def sign(days: int, purpose: str, value: str) -> str:
        with monkeypatch.context() as earlier:
            earlier.setattr(
                TimestampSigner, "get_timestamp", lambda _: int(time.time()) - days * 86_400
            )
            return signer.sign(purpose, value)

    return sign


@pytest.fixture
def web_settings() -> Settings:
    return Settings(public_url="https://shop.example", secret_keys=(SecretStr(KEY),))


@pytest.fixture
async def web(web_settings: Settings, signer: Signer) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app(web_settings, signer))
    async with httpx.AsyncClient(
        transport=transport, base_url="https://shop.example", verify=False
    ) as client:
        yield client
