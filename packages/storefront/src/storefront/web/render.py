"""Pages from templates. A template of a feature is ``feature/name.html``; shared ones have no prefix."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal, format_percent
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    pass_eval_context,
    select_autoescape,
)
from jinja2.nodes import EvalContext
from markupsafe import Markup
from starlette.datastructures import QueryParams
from starlette.types import Receive, Scope, Send

from storefront import texts
from storefront.money import Money
from storefront.web import flash, language
from storefront.web.static_files import VERSION

_SHARED = Path(__file__).parent / "templates"
_FEATURES = Path(__file__).parents[1].glob("*/templates")
_HEAD_END = "</head>"  # in base.html


def _environment() -> Environment:
    features = {folder.parent.name: FileSystemLoader(folder) for folder in _FEATURES}
    environment = Environment(
        loader=ChoiceLoader([PrefixLoader(features), FileSystemLoader(_SHARED)]),
        autoescape=select_autoescape(
            disabled_extensions=("txt",), default_for_string=True, default=True
        ),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # of the extension
        texts.gettext, texts.ngettext, newstyle=True
    )
    environment.globals["_"] = _text  # jinja's own alias looks gettext up and calls it each time
    environment.globals.update(
        query_of=query,
        without=without,
        adding_to=adding_to,
        money=Money,
        in_cm=in_cm,
        icons=f"/static/{VERSION}/icons.svg",
        language=texts.current,
        localized=texts.localized,
        pieces=pieces,
        country_name=country_name,
        N_=texts.N_,
    )
    environment.filters.update(
        price=_price,
        date=_date,
        day=_day,
        weekday=_weekday,
        number=number,
        percent=_percent,
        name=texts.name_of,
    )
    return environment


@pass_eval_context
def _text(context: EvalContext, message: str, /, **values: object) -> str:
    """``{{ _("Page %(number)s", number=7) }}``: a text in the language of the page."""
    if not context.autoescape:
        return texts.gettext(message) % values
    text = _markup(texts.current(), message)
    return text % values if values else text


@lru_cache(maxsize=8_192)
def _markup(_language: texts.Language, message: str) -> Markup:
    return Markup(texts.gettext(message))  # noqa: S704 - of our own catalogues


def _price(amount: Money) -> str:
    """``{{ amount|price }}``: an amount as the language writes it."""
    return _isolated(amount.format(texts.current().locale))


def _date(day: date) -> str:
    """``{{ day|date }}``: a date, or the date of a moment, as the language writes it."""
    return format_date(day, "long", locale=texts.current().locale)


def _day(day: date) -> str:
    """``{{ day|day }}``: a weekday and date, short, as the language writes it: ``Wed, Dec 2``."""
    return format_skeleton("MMMEd", day, locale=texts.current().locale)


def _weekday(day: date) -> str:
    """``{{ day|weekday }}``: a weekday and date, in full: ``Wednesday, December 2``."""
    return format_skeleton("MMMMEEEEd", day, locale=texts.current().locale)


def _percent(share: float) -> str:
    """``{{ -0.2|percent }}``: a share as the language writes it: ``-20%``, ``-20 %``."""
    return _isolated(format_percent(share, locale=texts.current().locale))


_MARKS = str.maketrans("", "", "\u200e\u200f\u061c")  # of direction, as CLDR puts them into formats


def _isolated(figure: str) -> str:
    """A figure in a text from right to left: its sign, digits and currency stay in order.

    Between isolates (Unicode Bidirectional Algorithm, 2.4), in place of CLDR's marks, which let a
    currency that is written in Latin letters fall apart.
    """
    if texts.current().direction == "ltr":
        return figure
    return f"\u2066{figure.translate(_MARKS)}\u2069"


def pieces(count: int) -> str:
    """``{{ pieces(3) }}``: a number of pieces: ``3 pieces``."""
    return texts.ngettext("%(num)s piece", "%(num)s pieces", count) % {"num": number(count)}


def country_name(code: str) -> str:
    """``{{ country_name("DE") }}``: a country as the language calls it; the code of an unknown one."""
    return str(Locale.parse(texts.current().locale).territories.get(code, code))


def number(value: float | Decimal) -> str:
    """``{{ 1234|number }}``: a number as the language writes it: ``1,234``, ``1.234``."""
    return _number(value, texts.current().locale)


@lru_cache(maxsize=8_192)
def _number(value: float | Decimal, locale: str) -> str:
    return format_decimal(value, locale=locale)


def in_cm(measures: tuple[int, int]) -> str:
    """A range of mm as size charts show it: ``74–82``, ``24.2–24.8``."""
    return "–".join(number(mm / 10) for mm in dict.fromkeys(measures))


def query(current: QueryParams, **changes: str | int | None) -> str:
    """A query string: the current one with some values replaced, or left out where None."""
    kept = [(name, value) for name, value in current.multi_items() if name not in changes]
    added = [(name, str(value)) for name, value in changes.items() if value is not None]
    return query_string(kept + added)


def without(current: QueryParams, name: str, value: str = "") -> str:
    """A query string: the current one less one value of a parameter, or less all of them; first page."""
    return query_string(
        [pair for pair in _unpaged(current) if pair[0] != name or (value and pair[1] != value)]
    )


def adding_to(current: QueryParams) -> str:
    """The current query string, from its first page, ready for one more ``name=value``."""
    return f"{query_string(_unpaged(current)) or '?'}&".replace("?&", "?")


def _unpaged(current: QueryParams) -> list[tuple[str, str]]:
    return [pair for pair in current.multi_items() if pair[0] not in ("page", "cursor")]


def query_string(pairs: list[tuple[str, str]]) -> str:
    """These pairs as the end of an address; empty without any."""
    return f"?{urlencode(pairs)}" if pairs else ""


_TEMPLATES = _environment()


def offer(**values: Any) -> None:
    """Make values known to every template, macros included."""
    _TEMPLATES.globals.update(values)


def macro(template: str, name: str) -> Callable[..., Markup]:
    """A macro of a template that needs nothing of a request."""
    found: Callable[..., Markup] = getattr(_TEMPLATES.get_template(template).module, name)
    return found


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> Response:
    """The response that shows a template. Rendered to the end here, before the response begins."""
    return HTMLResponse(
        _rendered(request, template, message=flash.take(request), **context), status_code=status
    )


def streamed(request: Request, template: str, **context: Any) -> Response:
    """As `page`, but the browser gets the head of the page at once, and loads styles and fonts while the
    rest is rendered (docs/decisions/0051).

    context: whatever can still fail or decide on the status has been read; only a bug in a template
    can break the response off.
    """
    return _Streamed(_chunks(request, template, message=flash.take(request), **context))


class _Streamed(HTMLResponse):
    """chunks: of a page, rendered as they are read. Those of its head are read here, before the response
    begins."""

    def __init__(self, chunks: Iterator[str]) -> None:
        super().__init__(_head_of(chunks))
        del self.headers["content-length"]
        self._rest = chunks

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send what is there, then the rest."""
        await send(
            {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        )
        await send({"type": "http.response.body", "body": self.body, "more_body": True})
        await send({"type": "http.response.body", "body": self.render("".join(self._rest))})


def _head_of(chunks: Iterator[str]) -> str:
    """The chunks up to the one with the end of the head."""
    read: list[str] = []
    for chunk in chunks:
        read.append(chunk)
        if _HEAD_END in chunk:
            break
    return "".join(read)


def view(
    request: Request, template: str, *, fragment: str, status: int = 200, **context: Any
) -> Response:
    """A whole page, or where htmx asks for it the fragment that replaces a part of the page.

    template, fragment: given the same context; the first includes the second.
    """
    if is_htmx(request):
        response: Response = HTMLResponse(
            _rendered(request, fragment, **context), status_code=status
        )
    else:
        response = page(request, template, status=status, **context)
    response.headers["Vary"] = "HX-Request"
    return response


def text_of(template: str, **context: Any) -> str:
    """A template that needs nothing of a request, rendered: for e-mails. ``.txt`` is not escaped."""
    return _TEMPLATES.get_template(template).render(**context)


def is_htmx(request: Request) -> bool:
    """Whether htmx sent this to replace a part of a page (htmx docs, "Request headers")."""
    headers = request.headers
    asks_for_page = "hx-boosted" in headers or "hx-history-restore-request" in headers
    return headers.get("hx-request") == "true" and not asks_for_page


_Parts = dict[tuple[texts.Language, str, frozenset[tuple[str, str]]], Markup]
_PARTS: WeakKeyDictionary[FastAPI, _Parts] = WeakKeyDictionary()


def _part(request: Request, template: str, **values: str) -> Markup:
    """``{{ part("_tools.html") }}``: a part of a page that depends on nothing but its language and these
    values, of which there are few. Rendered once for each."""
    parts = _PARTS.setdefault(request.app, {})
    key = (texts.current(), template, frozenset(values.items()))
    if key not in parts:
        rendered = _TEMPLATES.get_template(template).render(
            url_for=partial(language.address, request),
            settings=request.state.settings,
            **values,
        )
        parts[key] = Markup(rendered)  # noqa: S704 - escaped where it was rendered
    return parts[key]


def _rendered(request: Request, template: str, **context: Any) -> str:
    return "".join(_chunks(request, template, **context))


def _chunks(request: Request, template: str, **context: Any) -> Iterator[str]:
    return _TEMPLATES.get_template(template).generate(
        request=request,
        part=partial(_part, request),
        url_for=partial(language.address, request),
        alternates=partial(language.alternates, request),
        switchable=partial(language.switchable, request),
        settings=request.state.settings,
        **context,
    )
