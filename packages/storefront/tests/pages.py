"""Pages as tests read them."""

import re

import httpx


async def page(client: httpx.AsyncClient, path: str, status: int = 200) -> str:
    answer = await client.get(path)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer.text


def tiles(html: str) -> list[str]:
    """Addresses of the products that a page shows as tiles."""
    return re.findall(r'class="tile" href="([^"]+)"', html)
