"""The page that says which route is for whom: every route, by the kinds of visitors."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant

from storefront.staff.current import Requires
from storefront.staff.rights import RIGHTS, ROLES, Right

_CUSTOMERS = ("stranger", "guest", "other customer", "customer")
VISITORS = (*_CUSTOMERS, *ROLES)


def _of_staff(right: Right, word: str = "yes") -> Sequence[str]:
    """What each role gets of something that requires a right."""
    return [word if right in RIGHTS[role] else "no" for role in ROLES]


_EVERYBODY = ("yes",) * len(VISITORS)
_OWN_ACCOUNT = ("sign in", "sign in", "yes", "yes", *("yes",) * len(ROLES))
_IN_ACCOUNT = ("sign in", "sign in", "hidden", "yes", *("hidden",) * len(ROLES))
_NOT_ASKED_FOR = ("sign in", "sign in", *("hidden",) * (2 + len(ROLES)))
_GUESTS = ("hidden", "yes", "hidden", "hidden", *("hidden",) * len(ROLES))
_ORDER = ("hidden", "hidden", "hidden", "yes", *_of_staff(Right.READ))
_ORDER_CHANGE = ("hidden", "hidden", "hidden", "yes", *_of_staff(Right.ORDERS))
_BUYER = ("hidden", "hidden", "hidden", "yes", *("hidden",) * len(ROLES))
_NOT_MINE = ("sign in", "sign in", "hidden", "hidden", *("hidden",) * len(ROLES))
_NOT_CUSTOMERS = ("no",) * len(_CUSTOMERS)
_OFF = ("off",) * len(VISITORS)
_SIGN_IN = ("sign in",) * len(VISITORS)
_HIDDEN = ("hidden",) * len(VISITORS)
# Of these the requests of the test name something that is not there.
_STAFF_HIDDEN = (
    "GET /admin/reviews/photographs/{photograph}",
    "DELETE /api/v1/admin/products/{product_id}/pictures/{picture_id}",
)

# Routes that declare no right of staff, by method and path: the first rule that matches says whom one is
# for. A route without a rule is an error, so that whoever adds a route decides.
_RULES: Sequence[tuple[str, Sequence[str]]] = (
    (r"GET /metrics", (*_NOT_CUSTOMERS, *_of_staff(Right.READ))),  # or the token of the setting
    (r"(POST /account/(sign-in|code)|POST /api/v1/account/(codes|session))", _OFF),
    (r"GET /account/sign-in", ("no", "no", *("yes",) * (2 + len(ROLES)))),
    (r"GET /account/code", _SIGN_IN),  # without a pending sign-in
    (r"(POST /account/sign-out|DELETE /api/v1/account/session)", _EVERYBODY),
    (r"\w+ (/api/v1)?/account/addresses/\{.*", _IN_ACCOUNT),
    (r"\w+ /account/alerts/\{alert_id\}/\w+", _NOT_MINE),
    (r"\w+ (/api/v1)?/account/second-factor(/.*)?", _NOT_ASKED_FOR),  # behind a proxy
    (r"\w+ (/api/v1)?/account(/.*)?", _OWN_ACCOUNT),
    (r"\w+ /api/v1/cart/lines/\{sku:path\}", _GUESTS),
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
    (r"GET (/api/v1)?/orders/\{number\}(/.*)?", _ORDER),
    (r"\w+ (/api/v1)?/orders/\{number\}(/.*)?", _ORDER_CHANGE),
    (r"\w+ (/payments/test/\{ref\}|/dev/mail(/.*)?)", _HIDDEN),
    (r"POST /webhooks/\{name\}", _EVERYBODY),
    (
        r"GET /(health|ready|openapi.json|problems/\{slug\}|images/\{key:path\})",
        _EVERYBODY,
    ),
    (r"GET /(robots.txt|llms.txt|sitemap.xml|manifest.webmanifest|service-worker.js)", _EVERYBODY),
    (r"GET /static/\{version\}/(every.css|every.js|\{path:path\})", _EVERYBODY),
    (r"GET /sitemaps/(\{part\}|collections).xml", _EVERYBODY),
    (r"(GET|POST) /search/photo", _EVERYBODY),
    (r"(GET|POST) /p/\{slug\}(/more|/quick|/reviews|/size-advice)?", _EVERYBODY),
    (r"GET /(products|search|departments|recently-viewed)?", _EVERYBODY),
    (r"GET (/api/v1)?/(collections|pages)(/.*)?", _EVERYBODY),
    (r"GET /(offline|help(/sizes|/\{topic\})?|policies/\{name\})", _EVERYBODY),
    (r"POST /wishlist/\{product_id\}/size", _HIDDEN),
    (r"\w+ (/api/v1)?/wishlist(-link|/.*)?|POST /recently-viewed/clear", _EVERYBODY),
    (r"\w+ (/api/v1)?/wishlists/\{token\}", _HIDDEN),
    (r"\w+ /api/v1/recently-viewed(/\{product_id\})?", _EVERYBODY),
    (r"\w+ (/api/v1)?/saved-searches(/new)?", _EVERYBODY),
    (r"\w+ (/api/v1)?/saved-searches/\{search_id\}(/.*)?", _HIDDEN),
    (r"GET /api/v1/alerts", _OWN_ACCOUNT),
    (r"\w+ /api/v1/alerts/\{alert_id\}(/again)?", _NOT_MINE),
    (r"POST /api/v1/(alerts|price-alerts)", _EVERYBODY),
    (r"(GET|POST) /alerts(/price)?", _EVERYBODY),
    (r"\w+ /alerts/\{key\}/\w+", _HIDDEN),
    (r"GET /styleguide", _HIDDEN),
    (r"(POST /search/opened|\w+ /api/v1/(products|search|users)(/.*)?)", _EVERYBODY),
)

_INTRODUCTION = """# Who may see what

Every route of the shop behind a proxy that authenticates people, by kind of visitor. A test sends all
these requests.

- **stranger**: no cookie, not signed in
- **guest**: has the bag and the checkout of the route
- **customer**: owns the address or the order of the route
- **other customer**: signed in, owns none of them
- **viewer**, **merchandiser**, **care**, **admin**: members of staff with this role, whose rights are
  in `packages/storefront/src/storefront/staff/rights.py`

**yes**: carried out, or refused because of its content. **sign in**: 401; pages redirect to signing in.
**no**: 403. **hidden**: 404, as if it did not exist. **off**: 501, disabled by the shop's settings.

Anybody with the link of an order (`?key=…`) sees it like its customer. Anybody with the link of an alert
can confirm and stop it, and request it again; with the link in an e-mail that asks for a review, stop
such e-mails; with the link of a shared wishlist, see it until its owner withdraws the link.
Photographs of reviews have random names, and exist while the review is published.
`/payments/test/…` is the page of the test bank for one payment, whose address cannot be guessed.
A webhook is trusted only by its signature. `/dev/mail` exists if `STORE_MAIL_PAGE` is on, `/styleguide`
if `STORE_STYLEGUIDE` is.
"""


def access_page(app: FastAPI) -> str:
    """Every route of an app by kind of visitor.

    Raises LookupError for a route of staff that declares no right, and for any other without a rule.
    """
    lines = [
        f"| `{route}` | {' | '.join(_answers(route, right))} |"
        for route, right in sorted(set(routes(app.routes)), key=lambda found: found[0])
    ]
    head = f"| route | {' | '.join(VISITORS)} |\n| --- |{' --- |' * len(VISITORS)}"
    return "\n".join([_INTRODUCTION, head, *lines]) + "\n"


def routes(found: Sequence[Any]) -> Iterator[tuple[str, Right | None]]:
    """Every route of these as ``GET /path``, those of included routers too, with the right it declares.

    HEAD is left out.
    """
    for route in found:
        included = getattr(route, "original_router", None)
        if included is not None:
            yield from routes(included.routes)
        else:
            declared = getattr(route, "dependant", None)
            right = _right(declared) if declared is not None else None
            for method in (getattr(route, "methods", None) or set()) - {"HEAD"}:
                yield f"{method} {route.path}", right


def _right(declared: Dependant) -> Right | None:
    """The right of staff that a route requires by one of its parameters."""
    if isinstance(declared.call, Requires):
        return declared.call.right
    found = (_right(each) for each in declared.dependencies)
    return next((right for right in found if right is not None), None)


def _answers(route: str, right: Right | None) -> Sequence[str]:
    if right is not None:
        word = "hidden" if route in _STAFF_HIDDEN else "yes"
        return (*_NOT_CUSTOMERS, *_of_staff(right, word))
    if re.fullmatch(r"\w+ (/api/v1)?/admin(/.*)?", route):
        raise LookupError(
            f"{route} declares no right: give it a parameter of storefront.staff.current."
        )
    for pattern, answers in _RULES:
        if re.fullmatch(pattern, route):
            return answers
    raise LookupError(f"Say in bin/access.py whom {route} is for.")
