"""Addresses of redirects, the map they form, and the files they are imported from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.errors import InvalidInput
from storefront.redirects.addresses import BadAddressError, candidates, source_of, target_of
from storefront.redirects.csv_rows import Row, rows_of
from storefront.redirects.redirect_map import LoopError, RedirectMap

HOST = "shop.example"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("/old", "/old"),
        ("/old/", "/old"),
        (" /caf\u00e9 ", "/caf%C3%A9"),
        ("/caf%c3%a9", "/caf%C3%A9"),
        ("/product.php?id=5&x=", "/product.php?id=5&x="),
        ("https://former.example/shop/a?b=1#c", "/shop/a?b=1"),
        ("/a?b=//evil.example", "/a?b=%2F%2Fevil.example"),
    ],
)
def test_an_old_address_is_stored_in_one_way(typed: str, stored: str) -> None:
    assert source_of(typed) == stored


HOSTILE = [
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/%5cevil.example",
    "/%2f/evil.example", "https://evil.example/", "http:/evil.example", "https:evil.example",
    "javascript:alert(1)", "data:text/html,x", "/\t/evil.example", "/\n/evil.example", "evil.example",
    "/a\r\nSet-Cookie: x=1", "/a%0d%0aX: y", "", "?x", "/../..//evil.example", "//[", "https://shop.example@evil.example/",
    "https://shop.example.evil.example/", "/\u2028/evil", "x" * 1001, "/" + "x" * 1000,
]  # fmt: skip


@pytest.mark.parametrize("typed", HOSTILE)
def test_a_new_address_is_of_this_shop(typed: str) -> None:
    with pytest.raises(BadAddressError):
        target_of(typed, host=HOST)


@given(st.text(alphabet="/\\.:%20a5cfF@?#&=\t\n é", max_size=30))
def test_no_text_becomes_an_address_of_another_site(typed: str) -> None:
    try:
        stored = target_of(typed, host=HOST)
    except BadAddressError:
        return
    assert stored.isascii()
    assert stored.startswith("/")
    assert not stored.startswith(("//", "/\\"))
    assert stored.isprintable()


def test_a_whole_address_of_this_shop_is_a_new_address() -> None:
    assert target_of("https://shop.example/help?x=1", host=HOST) == "/help?x=1"
    assert target_of("https://shop.example", host=HOST) == "/"


@pytest.mark.parametrize("typed", ["/", "/admin/orders", "/api/v1/products", "/static/x.css"])
def test_what_programs_and_staff_ask_for_is_not_redirected(typed: str) -> None:
    with pytest.raises(BadAddressError):
        source_of(typed)


def test_the_most_specific_address_is_looked_up_first() -> None:
    assert candidates("/de/old/", "id=5", prefix="/de") == [
        "/de/old?id=5", "/de/old", "/old?id=5", "/old",
    ]  # fmt: skip


def test_chains_are_collapsed_in_both_directions() -> None:
    known = RedirectMap({"/b": "/c"})
    known.put("/a", "/b")
    assert known.changed == {"/a": "/c"}
    known.put("/c", "/d")
    assert known.changed == {"/a": "/d", "/b": "/d", "/c": "/d"}
    known.put("/d", None)
    assert known.changed == dict.fromkeys(("/a", "/b", "/c", "/d"))


def test_a_chain_keeps_the_query_strings_on_its_way() -> None:
    known = RedirectMap({"/b": "/c?x=1"})
    known.put("/a", "/b?y=2")
    assert known.changed == {"/a": "/c?x=1&y=2"}
    known.put("/c", "/d")
    assert known.changed["/a"] == "/d?x=1&y=2"


@pytest.mark.parametrize(("source", "target"), [("/a", "/a"), ("/a", "/a?x=1"), ("/c", "/a")])
def test_loops_are_refused(source: str, target: str) -> None:
    known = RedirectMap({"/a": "/c"} if source == "/c" else {})
    with pytest.raises(LoopError):
        known.put(source, target)
    assert known.changed == {}


PLACES = st.sampled_from(["/a", "/b", "/c", "/d", "/a?q=1", "/b?q=1"])


@given(st.lists(st.tuples(PLACES, st.none() | PLACES), max_size=12))
def test_whoever_follows_a_redirect_arrives(puts: list[tuple[str, str | None]]) -> None:
    known, stored = RedirectMap({}), dict[str, str | None]()
    for source, target in puts:
        try:
            known.put(source, target)
        except LoopError:
            continue
        stored |= known.changed
    for target in stored.values():
        if target is not None:
            assert target not in stored
            assert target.partition("?")[0] not in stored


@pytest.mark.parametrize(
    "content",
    [
        b"/a,/b\n/c,\n",
        b"Redirect from,Redirect to\n/a,/b\n/c,gone\n",
        b"\xef\xbb\xbfnew;note;old\n/b;x;/a\n\n410;;/c\n",
        b"source\ttarget\r\n/a\t/b\r\n/c\t\r\n",
        b"from|to\n/a|/b\n/c|\n",
        b"from,to\r/a,/b\r/c,\r",
        b"sep=;\nfrom;to\n/a;/b\n/c;\n",
        "Redirect from,Redirect to\n/a,/b\n/c,gone\n".encode("utf-16"),
        "/a,/b\n/c,\n".encode("utf-16-le"),
        "from;to\n/a;/b\n/c;\n".encode("utf-32"),
        b"Origin,Target,Type,Format\n/a,/b,301,plain\n/c,,410,plain\n",
    ],
)
def test_files_of_other_shops_are_read(content: bytes) -> None:
    found = rows_of(content)
    assert [(row.source, row.target if not row.is_gone else None) for row in found] == [
        ("/a", "/b"),
        ("/c", None),
    ]


def test_a_row_says_on_which_line_it_stands() -> None:
    assert rows_of(b'from,to\n\n"/a\nb",/c\n/d,/e\n')[-1] == Row(5, "/d", "/e")


@pytest.mark.parametrize(
    "content",
    [
        b"/a,/b\xff",
        b"/a,\0",
        b'"' + b"x" * 20_000,
        b'/a,/b\n"/c,/d\n/e,/f\n',  # a mark left open: /e would be lost
        b'/a,"/b"x\n',
    ],
)
def test_what_is_no_csv_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput):
        rows_of(content)


@pytest.mark.parametrize("content", [b"/a /b\n", b"/a  https://old.test/b\n", b"/a => /b\n"])
def test_two_addresses_in_one_cell_are_not_a_page_that_is_gone(content: bytes) -> None:
    [row] = rows_of(content)
    assert row.is_undivided


@pytest.mark.parametrize("content", [b"/a b\n", b"/a b,/c\n", b" /a ,/b\n"])
def test_blanks_in_an_address_divide_nothing(content: bytes) -> None:
    [row] = rows_of(content)
    assert not row.is_undivided


@pytest.mark.parametrize("typed", ["/old/(.*)", "/old/*", "https://old.test/p/(.+)/x"])
def test_a_pattern_is_refused(typed: str) -> None:
    with pytest.raises(BadAddressError, match="Patterns are not followed"):
        source_of(typed)
