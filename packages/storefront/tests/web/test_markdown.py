"""Markdown of staff: whatever it is, what comes out is safe to show."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.texts import language_of, speaking
from storefront.web.markdown import MOST_CHARACTERS, html_of, is_safe_link, unsafe_links

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](<java\nscript:alert(1)>)",
    "[x](vbscript:msgbox)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](//evil.example)",
    "[x](/\\evil.example)",
    "[x](\\\\evil.example)",
    "[x](file:///etc/passwd)",
    "<javascript:alert(1)>",
    "[x][1]\n\n[1]: javascript:alert(1)",
    "![x](https://evil.example/pixel.png)",
    "![x](javascript:alert(1))",
    '[x](/a "onmouseover=alert(1)")',
    '[x](/a "\\" onmouseover=\\"alert(1)")',
    '```"><script>alert(1)</script>\nx\n```',
    "`<script>`",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<!-- --!><script>alert(1)</script>",
    "| <script> |\n| --- |\n| <img src=x onerror=alert(1)> |",
]
ALLOWED = re.compile(
    r"</?(p|h[2-6]|ul|ol|li|em|strong|s|blockquote|pre|code|hr|br|table|thead|tbody|tr|th|td)"
    r'( start="\d+"| class="language-[^"<>]*")?( /)?>'
    r'|<a href="(?P<href>[^"<>]*)"( title="[^"<>]*")?>|</a>'
)


def is_safe(html: str) -> bool:
    """Whether there are only elements of text, and links that lead where they may."""
    tags = re.findall(r"<[^>]*>?", html)
    matches = [ALLOWED.fullmatch(tag) for tag in tags]
    return all(
        match is not None and (match["href"] is None or is_safe_link(match["href"]))
        for match in matches
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_markdown_becomes_harmless(text: str) -> None:
    html = html_of(text)
    assert is_safe(html), html
    assert "<img" not in html


@given(
    st.lists(
        st.sampled_from([*"[]()<>!`*_#\\\n \"'&:/-|", "a", "javascript:", "&#58;", "/x"]),
        max_size=40,
    )
)
def test_no_text_becomes_anything_else_than_text(pieces: list[str]) -> None:
    html = html_of("".join(pieces))
    assert is_safe(html), html


@pytest.mark.parametrize(
    "piece", ["[", "*a ", "> ", "- ", "`", "![", "<", "| a ", "**a_", "[a](", "&#"]
)
def test_the_longest_text_is_rendered_before_long(piece: str) -> None:
    text = (piece * MOST_CHARACTERS)[:MOST_CHARACTERS]
    assert is_safe(html_of(text))  # before the test's time is over: not exponential


def test_headings_begin_below_that_of_the_page() -> None:
    assert html_of("# A\n\n## B") == "<h2>A</h2>\n<h2>B</h2>\n"


def test_links_within_the_shop_speak_its_language() -> None:
    with speaking(language_of("de", "en_US")):
        html = html_of("[a](/help/returns) [b](/ar/help) [c](https://example.com) [d](#e)")
    hrefs = re.findall('href="([^"]*)"', html)
    assert hrefs == ["/de/help/returns", "/ar/help", "https://example.com", "#e"]


def test_links_that_lead_nowhere_are_named() -> None:
    text = "[a](/b) [c](javascript:x) <https://d>\n\n[e]: data:x\n[f](mailto:g@h.i) [j](k)"
    assert unsafe_links(text) == ["javascript:x", "data:x", "k"]
