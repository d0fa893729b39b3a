"""The page that says which route is for whom: every route, by the kinds of visitors."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from fastapi import FastAPI

VISITORS = ("stranger", "guest", "other customer", "customer", "staff")

_EVERYBODY = ("yes",) * 5
_OWN_ACCOUNT = ("sign in", "sign in", "yes", "yes", "yes")
_IN_ACCOUNT = ("sign in", "sign in", "hidden", "yes", "hidden")
_GUESTS = ("hidden", "yes", "hidden", "hidden", "hidden")
_ORDER = ("hidden", "hidden", "hidden", "yes", "yes")
_BUYER = ("hidden", "hidden", "hidden", "yes", "hidden")
_STAFF = ("no", "no", "no", "no", "yes")
_OFF = ("off",) * 5
_SIGN_IN = ("sign in",) * 5
_HIDDEN = ("hidden",) * 5

# By method and path: the first rule that matches says whom a route is for. A route without one is an
# error, so that whoever adds a route decides.
_RULES: Sequence[tuple[str, Sequence[str]]] = (
    (r"GET /admin/reviews/photographs/\{photograph\}", ("no", "no", "no", "no", "hidden")),
    (r"\w+ (/api/v1)?/admin(/.*)?|GET /metrics", _STAFF),
    (r"(POST /account/(sign-in|code)|POST /api/v1/account/(codes|session))", _OFF),
    (r"GET /account/sign-in", ("no", "no", "yes", "yes", "yes")),
    (r"GET /account/code", _SIGN_IN),  # without a sign-in under way
    (r"(POST /account/sign-out|DELETE /api/v1/account/session)", _EVERYBODY),
    (r"\w+ (/api/v1)?/account/addresses/\{.*", _IN_ACCOUNT),
    (r"\w+ (/api/v1)?/account(/.*)?", _OWN_ACCOUNT),
    (r"\w+ /api/v1/cart/lines/\{sku\}", _GUESTS),
    (r"(POST /cart/coupon/remove|DELETE /api/v1/cart/coupon)", _GUESTS),
    (r"(POST /cart|DELETE /api/v1/cart)/gift-cards/\{gift_card_id\}(/remove)?", _GUESTS),
    (r"\w+ (/api/v1)?/cart(/.*)?", _EVERYBODY),
    (r"POST (/api/v1)?/checkout", _EVERYBODY),
    (r"\w+ (/api/v1)?/checkout/\{token\}(/.*)?", _GUESTS),
    (r"\w+ /reviews/(photographs|requests)/.*", _HIDDEN),
    (r"\w+ (/api/v1)?/reviews/\{review_id\}/\w+", _EVERYBODY),
    (r"\w+ (/api/v1)?/orders/\{number\}/lines/.*/photographs/\{photograph\}", _HIDDEN),
    (r"\w+ (/api/v1)?/orders/\{number\}/lines/.*", _BUYER),
    (r"GET /api/v1/orders", _OWN_ACCOUNT),
    (r"POST /api/v1/orders/lookup", _HIDDEN),
    (r"\w+ /orders/lookup", _EVERYBODY),
    (r"\w+ (/api/v1)?/orders/\{number\}(/.*)?", _ORDER),
    (r"\w+ (/payments/test/\{ref\}|/dev/mail(/.*)?)", _HIDDEN),
    (r"POST /webhooks/\{name\}", _EVERYBODY),
    (
        r"GET /(health|ready|openapi.json|problems/\{slug\}|images/\{key:path\})",
        _EVERYBODY,
    ),
    (r"GET /(robots.txt|llms.txt|sitemap.xml|manifest.webmanifest|service-worker.js)", _EVERYBODY),
    (r"GET /(static/\{version\}/(every.css|\{path:path\})|sitemaps/\{part\}.xml)", _EVERYBODY),
    (r"(GET|POST) /search/photo", _EVERYBODY),
    (r"(GET|POST) /p/\{slug\}(/more|/quick|/reviews|/size-advice)?", _EVERYBODY),
    (r"GET /(products|search|departments|recently-viewed)?", _EVERYBODY),
    (r"GET /(offline|help(/sizes|/\{topic\})?|policies/\{name\})", _EVERYBODY),
    (r"\w+ (/api/v1)?/wishlist(/.*)?|POST /recently-viewed/clear", _EVERYBODY),
    (r"\w+ (/api/v1)?/alerts", _EVERYBODY),
    (r"\w+ /alerts/\{key\}/\w+", _HIDDEN),
    (r"GET /styleguide", _HIDDEN),
    (r"(POST /search/opened|\w+ /api/v1/(products|search|users)(/.*)?)", _EVERYBODY),
)

_INTRODUCTION = """# Who may see what

Every route of the shop behind a proxy that says who people are, asked by each kind of visitor. A test
sends all these requests.

- **stranger**: no cookie, not signed in
- **guest**: has the bag and the checkout that the route names
- **customer**: has the address or the order that the route names
- **other customer**: signed in, has none of them
- **staff**: named in `STORE_STAFF`

**yes**: carried out, or refused for what was sent. **sign in**: 401, for pages the way to sign in.
**no**: 403. **hidden**: 404, as if it did not exist. **off**: 501, not offered as the shop is set up.

Whoever has the link of an order (`?key=…`) sees it like its customer; whoever has that of a stock alert
can confirm and stop it; whoever has that of an e-mail which asks for a review can stop such e-mails.
Photographs of reviews have random names, and are there while the review is published.
`/payments/test/…` is the page of the test bank for one payment, whose address cannot be guessed.
A webhook is believed by its signature alone. `/dev/mail` is there where
`STORE_MAIL_PAGE` is on, `/styleguide` where `STORE_STYLEGUIDE` is.
"""


def access_page(app: FastAPI) -> str:
    """Every route of an app by kind of visitor. Raises LookupError for a route without a rule."""
    lines = [
        f"| `{route}` | {' | '.join(_answers(route))} |"
        for route in sorted(set(routes(app.routes)))
    ]
    head = f"| route | {' | '.join(VISITORS)} |\n| --- |{' --- |' * len(VISITORS)}"
    return "\n".join([_INTRODUCTION, head, *lines]) + "\n"


def routes(found: Sequence[Any]) -> Iterator[str]:
    """Every route of these as ``GET /path``, those of included routers too. HEAD is left out."""
    for route in found:
        included = getattr(route, "original_router", None)
        if included is not None:
            yield from routes(included.routes)
        else:
            for method in (getattr(route, "methods", None) or set()) - {"HEAD"}:
                yield f"{method} {route.path}"


def _answers(route: str) -> Sequence[str]:
    for pattern, answers in _RULES:
        if re.fullmatch(pattern, route):
            return answers
    raise LookupError(f"Say in bin/access.py whom {route} is for.")
