"""Search by photograph, over HTTP: the API of the first version, and the page."""

import asyncio
import io
import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from lakepass.emulator import Emulator
from packages.storefront.tests.conftest import FIELDS, Server, running_shop
from packages.storefront.tests.photo.conftest import DRAWN, photograph
from storefront.catalog import service as catalog
from storefront.db import Database
from storefront.demo.drawing import draw_png
from storefront.demo.products import demo_products
from storefront.errors import NotFound
from storefront.search.read_model import refresh
from storefront.settings import Settings
from storefront.vision.local_encoder import LocalEncoder
from storefront.vision.service import embed_all

IMAGE, ACROSS, PAGE = "/api/v1/search/image", "/api/v1/search/cross-modal", "/search/photo"


@pytest.fixture
async def client(photo_shop: Server) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=photo_shop.url, timeout=60, verify=False) as client:
        yield client


def sent(content: bytes, name: str = "photo.jpg") -> Any:
    return {"image": (name, content, "image/jpeg")}


async def test_a_photograph_finds_its_product_first(client: httpx.AsyncClient) -> None:
    found_first = 0
    for product_id in list(DRAWN)[:8]:
        answer = await client.post(IMAGE, files=sent(photograph(product_id)), data={"limit": "5"})
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert len(found["products"]) == 5
        assert set(found["products"][0]) == FIELDS
        assert (found["query"], found["search_type"], found["user_id"]) == (None, "image", None)
        scores = [product["similarity_score"] for product in found["products"]]
        assert scores == sorted(scores, reverse=True)
        found_first += found["products"][0]["product_id"] == str(product_id)
    assert found_first >= 7


async def test_what_is_no_form_is_named(client: httpx.AsyncClient) -> None:
    answer = await client.post(IMAGE, json={"image": "aGVsbG8="})
    assert answer.status_code == 415
    assert answer.json()["detail"] == (
        "The body must be a form (multipart/form-data); the header Content-Type says application/json."
    )


@pytest.mark.parametrize(
    ("name", "detail"),
    [
        ("limits", "There is no field 'limits'. Did you mean 'limit'?"),
        ("gender", "There is no field 'gender'. There are: image, limit, user_id."),
    ],
)
async def test_an_unknown_field_of_a_form_is_refused(
    client: httpx.AsyncClient, name: str, detail: str
) -> None:
    answer = await client.post(IMAGE, files=sent(photograph(next(iter(DRAWN)))), data={name: "5"})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": f"#/{name}", "detail": detail}]


@pytest.mark.parametrize("place", [0, 0.5, 1])
async def test_a_piece_beside_the_middle_of_a_wide_photograph_is_found(
    client: httpx.AsyncClient, place: float
) -> None:
    found_first = 0
    for product_id in list(DRAWN)[:4]:
        shown = Image.open(io.BytesIO(photograph(product_id)))
        wide = Image.new("RGB", (shown.height * 16 // 9, shown.height), (150, 150, 146))
        wide.paste(shown, (round((wide.width - shown.width) * place), 0))
        buffer = io.BytesIO()
        wide.save(buffer, "JPEG")
        answer = await client.post(IMAGE, files=sent(buffer.getvalue()))
        found_first += answer.json()["products"][0]["product_id"] == str(product_id)
    assert found_first >= 3


async def test_filters_narrow_what_is_found(client: httpx.AsyncClient) -> None:
    product_id = next(iter(DRAWN))
    everything = await client.post(IMAGE, files=sent(photograph(product_id)), data={"limit": "100"})
    products = everything.json()["products"]
    assert {int(one["product_id"]) for one in products} == set(DRAWN)
    gender = products[-1]["gender"]
    narrowed = await client.post(
        IMAGE, params={"gender": gender}, files=sent(photograph(product_id)), data={"limit": "100"}
    )
    expected = [one["product_id"] for one in products if one["gender"] == gender]
    assert [one["product_id"] for one in narrowed.json()["products"]] == expected


async def test_the_hints_do_not_depend_on_how_many_products_are_asked_for(
    client: httpx.AsyncClient,
) -> None:
    for product_id in list(DRAWN)[:4]:
        files = sent(photograph(product_id))
        few, many = [
            (await client.post(IMAGE, files=files, data={"limit": limit})).json()["hints"]
            for limit in ("5", "50")
        ]
        assert [one["value"] for one in few] == [one["value"] for one in many]
        assert [one["share"] for one in few] == pytest.approx(
            [one["share"] for one in many], abs=0.01
        )


async def test_words_a_photograph_or_both(client: httpx.AsyncClient) -> None:
    product_id = next(iter(DRAWN))
    words = await client.post(ACROSS, data={"query": "shirt", "limit": "3"})
    assert words.json()["search_type"] == "cross_modal"
    assert len(words.json()["products"]) == 3
    assert "hints" not in words.json()
    image = await client.post(ACROSS, files=sent(photograph(product_id)))
    assert image.json()["products"][0]["product_id"] == str(product_id)
    both = await client.post(ACROSS, data={"query": "men"}, files=sent(photograph(product_id)))
    assert both.json()["query"] == "men"
    of_image = await client.post(IMAGE, files=sent(photograph(product_id)), data={"limit": "50"})
    assert both.json()["hints"] == image.json()["hints"] == of_image.json()["hints"] != []
    assert {one["gender"] for one in both.json()["products"]} <= {"Men", "Unisex"}
    nothing = await client.post(ACROSS, data={"limit": "3"})
    assert nothing.status_code == 422


@pytest.mark.parametrize(
    ("files", "data", "status"),
    [
        (sent(b"no picture"), {}, 422),
        (sent(b""), {}, 422),
        (None, {"limit": "5"}, 422),
        (sent(b"x"), {"limit": "0"}, 422),
        (sent(b"x"), {"user_id": "nobody"}, 422),
        (sent(bytes(50_000_000)), {}, 413),
    ],
    ids=["text", "empty", "absent", "no-results", "unknown-persona", "fifty-megabytes"],
)
async def test_what_cannot_be_used_is_refused(
    client: httpx.AsyncClient, files: Any, data: dict[str, str], status: int
) -> None:
    answer = await client.post(IMAGE, files=files, data=data)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_file_that_is_too_large_leads_back_to_the_form(client: httpx.AsyncClient) -> None:
    for size in (20_000_001, 25_000_000):
        answer = await client.post(PAGE, files=sent(bytes(size)))
        assert answer.status_code == 413
        assert '<p class="reading" role="alert">This file is larger than 20 MB.' in answer.text
        assert "multipart/form-data" in answer.text
    beyond = await client.post(f"/de{PAGE}", files=sent(bytes(100_000_001)))
    assert beyond.status_code == 413
    assert "100 MB" in beyond.text


async def test_of_two_photographs_the_first_is_looked_at(client: httpx.AsyncClient) -> None:
    first, second = list(DRAWN)[:2]
    files = [sent(photograph(one))["image"] for one in (first, second)]
    both = [("image", one) for one in files]
    found, alone = [await client.post(IMAGE, files=some) for some in (both, both[:1])]
    assert found.json()["products"] == alone.json()["products"]
    found, alone = [await client.post(PAGE, files=some) for some in (both, both[:1])]
    assert found.headers["location"] == alone.headers["location"]


@pytest.mark.parametrize(
    ("path", "body", "status", "said"),
    [
        (
            IMAGE,
            {"data": {"image": "hello"}},
            422,
            "image is 'hello'; it must be a file, not text.",
        ),
        (
            PAGE,
            {"files": [("image", b"x")] * 3},
            400,
            "Too many files. Maximum number of files is 2.",
        ),
        (IMAGE, {"files": [("image", b"x")] * 1_001}, 400, "Too many files."),
    ],
)
async def test_a_form_that_cannot_be_used_is_refused_plainly(
    client: httpx.AsyncClient, path: str, body: Any, status: int, said: str
) -> None:
    answer = await client.post(path, **body)
    assert answer.status_code == status
    assert said in answer.text


async def test_the_shop_answers_while_it_reads_photographs(client: httpx.AsyncClient) -> None:
    content = photograph(next(iter(DRAWN)))
    uploads = [client.post(IMAGE, files=sent(content)) for _ in range(6)]
    answers = await asyncio.gather(*uploads, client.get("/health"))
    assert [answer.status_code for answer in answers] == [200] * 7


async def test_the_page_works_without_scripts(client: httpx.AsyncClient) -> None:
    product_id = next(iter(DRAWN))
    upload = await client.get(PAGE)
    assert 'enctype="multipart/form-data"' in upload.text
    answer = await client.post(PAGE, files=sent(photograph(product_id)))
    assert answer.status_code == 303
    results = await client.get(answer.headers["location"])
    assert results.status_code == 200
    assert results.headers["cache-control"].startswith("private")
    first = re.search(r'href="(/p/[^"]*)"', results.text)
    assert first is not None
    assert first[1].endswith(f"-{product_id}")
    address = httpx.URL(answer.headers["location"])
    assert list(address.params) == [
        "like"
    ]  # with so few products, kind and colour are only offered
    assert "What the photograph seems to show" in results.text
    like = address.params["like"]
    plain = await client.get(PAGE, params={"like": like})
    assert f"{len(DRAWN)} pieces" in plain.text
    narrowed = await client.get(PAGE, params={"like": like, "gender": "Men"})
    assert "remove this filter" in narrowed.text


async def test_a_photograph_of_nothing_is_said_to_look_like_nothing(
    client: httpx.AsyncClient,
) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (400, 300, 3), dtype=np.uint8)
    said = "We found nothing very similar."
    for picture in (Image.fromarray(noise), Image.new("RGB", (300, 400), "white")):
        buffer = io.BytesIO()
        picture.save(buffer, "PNG")
        answer = await client.post(PAGE, files=sent(buffer.getvalue()))
        assert list(httpx.URL(answer.headers["location"]).params) == ["like"]
        assert said in (await client.get(answer.headers["location"])).text
        assert said in (await client.get(f"{answer.headers['location']}&gender=Men")).text
    clear = await client.post(PAGE, files=sent(photograph(next(iter(DRAWN)))))
    assert said not in (await client.get(clear.headers["location"])).text


async def test_the_page_says_what_is_wrong_with_a_file(client: httpx.AsyncClient) -> None:
    for files, said in (
        (sent(b"no picture"), "cannot be read as a picture"),
        ({"image": ("", b"", "application/octet-stream")}, "Choose a photograph first"),
    ):
        answer = await client.post(PAGE, files=files)
        assert answer.status_code == 422
        assert said in answer.text
        assert "multipart/form-data" in answer.text


@pytest.mark.parametrize("like", ["x", "A" * 180, "%00", "a" * 3_000])
async def test_an_address_of_another_model_asks_for_the_photograph_again(
    client: httpx.AsyncClient, like: str
) -> None:
    assert (await client.get(PAGE, params={"like": like})).status_code == 422


async def test_an_address_that_was_cut_off_asks_for_the_photograph_again(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.post(PAGE, files=sent(photograph(next(iter(DRAWN)))))
    like = httpx.URL(answer.headers["location"]).params["like"]
    page = await client.get(PAGE, params={"like": like[:-8]})
    assert page.status_code == 422
    assert "upload it again" in page.text
    assert (await client.get(PAGE, params={"like": like})).status_code == 200


async def test_words_choose_among_all_products_however_many_match(
    fresh_database: Callable[[], Database], settings: Settings, tmp_path: Path
) -> None:
    database = fresh_database()
    await catalog.import_products(
        database, [replace(one, gender="Men") for one in demo_products(520)]
    )
    await refresh.refresh_all(database)
    with Server(settings) as shop:
        async with httpx.AsyncClient(base_url=shop.url, timeout=60, verify=False) as client:
            page = "q=men&sort_by=featured&page=6&page_size=100"
            last = (await client.get("/api/v1/products", params=page)).json()["products"][-1]
            drawn = tmp_path / "drawn.png"
            drawn.write_bytes(draw_png(last["image_path"], 480))

            async def file(key: str, _width: int) -> Path:
                if key != last["image_path"]:
                    raise NotFound("Not the last one.")
                return drawn

            await embed_all(database, LocalEncoder(), file)
            answer = await client.post(
                ACROSS, data={"query": "men"}, files=sent(drawn.read_bytes())
            )
    await database.aclose()
    assert [one["product_id"] for one in answer.json()["products"]] == [last["product_id"]]


async def test_nothing_that_was_uploaded_is_stored(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    before = sorted(settings.pictures_dir.rglob("*"))
    await client.post(IMAGE, files=sent(photograph(next(iter(DRAWN)))))
    assert sorted(settings.pictures_dir.rglob("*")) == before


@pytest.fixture(scope="module")
def shop_without_model(
    emulator: Emulator, filled_database: str, settings: Settings, tmp_path_factory: Any
) -> Iterator[Server]:
    absent: Path = tmp_path_factory.mktemp("models") / "absent.onnx"
    without_model = settings.model_copy(update={"picture_model": absent})
    with running_shop(without_model, emulator, filled_database) as server:
        yield server


async def test_a_shop_without_a_model_says_so_and_works(shop_without_model: Server) -> None:
    async with httpx.AsyncClient(
        base_url=shop_without_model.url, timeout=30, verify=False
    ) as client:
        answer = await client.post(IMAGE, files=sent(b"anything"))
        assert answer.status_code == 501
        assert "absent.onnx" in answer.json()["detail"]
        assert (await client.get(PAGE)).status_code == 501
        assert (await client.get("/products")).status_code == 200


async def test_a_shop_that_has_not_looked_at_its_pictures_says_so(shop: Server) -> None:
    async with httpx.AsyncClient(base_url=shop.url, timeout=60, verify=False) as client:
        answer = await client.post(IMAGE, files=sent(grey()))
        assert answer.status_code == 503
        assert answer.json()["type"].endswith("/problems/no-vectors")


def grey() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64), "grey").save(buffer, "JPEG")
    return buffer.getvalue()
