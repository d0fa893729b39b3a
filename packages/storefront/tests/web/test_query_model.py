"""Query parameters read at once mean what FastAPI says they mean."""

from typing import Annotated, Any

import httpx
import pytest
from fastapi import Depends, FastAPI, Query

from storefront.search.parameters import ListingQuery
from storefront.web import query_model


@pytest.fixture(scope="module")
def app() -> FastAPI:
    app = FastAPI()

    @app.get("/expected")
    async def expected(query: Annotated[ListingQuery, Query()]) -> dict[str, Any]:
        return query.model_dump(mode="json")

    @app.get("/read", openapi_extra=query_model.documented(ListingQuery))
    async def read(
        query: Annotated[ListingQuery, Depends(query_model.Reader(ListingQuery))],
    ) -> dict[str, Any]:
        return query.model_dump(mode="json")

    return app


@pytest.mark.parametrize(
    "query",
    [
        "",
        "gender=men&gender=Women&brand=Puma&brand=A%26B",
        "min_price=10.50&max_price=20&min_rating=4&page=2&page_size=5",
        "q=red+shoes&as_typed=true&sort_by=price&sort_order=DESC",
        "gender=aliens&page=0&min_price=cheap",
        "min_price=20&max_price=10",
        "page=2&cursor=abc",
        "colour=red&colour=blue&brand=",
        "brand=%00&q=%20",
        "page=&min_rating=&q=",
        "user_id=nobody",
    ],
)
async def test_parameters_are_read_and_rejected_as_fastapi_does(app: FastAPI, query: str) -> None:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
        expected = await client.get(f"/expected?{query}")
        found = await client.get(f"/read?{query}")
    assert found.status_code == expected.status_code
    assert _without_input(found.json()) == _without_input(expected.json())


def _without_input(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer; of mistakes all but the value, which is not shown."""
    for mistake in answer.get("detail", ()):
        del mistake["input"]
    return answer


def test_parameters_are_documented_as_fastapi_does(app: FastAPI) -> None:
    paths = app.openapi()["paths"]
    expected, found = (paths[path]["get"]["parameters"] for path in ("/expected", "/read"))
    assert found == expected
    assert len(found) == len(ListingQuery.model_fields)
