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


async def test_the_api_shows_notes_and_deletes_the_same_list(client: httpx.AsyncClient) -> None:
    first, second = (await client.get("/api/v1/products?page_size=2")).json()["products"]
    await client.get(first["url"])
    assert (await client.put(f"/api/v1/recently-viewed/{second['product_id']}")).status_code == 204
    listed = (await client.get("/api/v1/recently-viewed")).json()["products"]
    assert [one["product_id"] for one in listed] == [second["product_id"], first["product_id"]]
    assert (await client.put("/api/v1/recently-viewed/999999999")).status_code == 404
    assert (await client.delete("/api/v1/recently-viewed")).status_code == 204
    assert (await client.get("/api/v1/recently-viewed")).json() == {"products": []}
