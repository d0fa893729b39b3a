"""Recently viewed products: in the browser's own cookie, the last first."""

import re

import httpx


async def test_what_was_looked_at_is_listed_until_the_list_is_deleted(
    client: httpx.AsyncClient,
) -> None:
    found = (await client.get("/api/v1/products", params={"page_size": 14})).json()["products"]
    assert "not looked at anything" in (await client.get("/recently-viewed")).text
    for product in found:
        await client.get(product["url"])
    await client.get(found[5]["url"])
    html = (await client.get("/recently-viewed")).text
    ids = [one["product_id"] for one in found]
    expected = [ids[5], *reversed(ids[6:]), *reversed(ids[2:5])]
    assert re.findall(r'data-product="(\d+)"', html) == expected
    assert "Recently viewed</h2>" in (await client.get("/")).text
    client.cookies.set("viewed", client.cookies["viewed"].replace("-", "0-"))  # not what we signed
    assert "not looked at anything" in (await client.get("/recently-viewed")).text


async def test_deleting_the_list_forgets_it(client: httpx.AsyncClient) -> None:
    [product] = (await client.get("/api/v1/products?page_size=1")).json()["products"]
    await client.get(product["url"])
    answer = await client.post(
        "/recently-viewed/clear", headers={"Origin": str(client.base_url).rstrip("/")}
    )
    assert answer.headers["location"] == "/recently-viewed"
    assert "viewed" not in client.cookies
