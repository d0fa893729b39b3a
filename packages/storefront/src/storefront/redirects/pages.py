"""Answers requests for addresses at which nothing is: by a redirect, where there is one."""

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from storefront.errors import Gone, StoreError, Unavailable
from storefront.redirects import queries
from storefront.redirects.addresses import candidates, is_reserved, split, with_query
from storefront.texts import _, current
from storefront.web import language, problems


async def not_found(request: Request, error: Exception) -> Response:
    """The redirect of the address, or that it is gone; else the answer to this error.

    For NotFound, Gone, and addresses without a route. One statement for pages, none for the API.
    """
    try:
        found = await _redirect(request)
    except Unavailable as unavailable:  # nobody knows whether something moved: ask again
        return problems.problem_of(request, unavailable)
    if found is not None:
        return found
    if isinstance(error, StoreError):
        return problems.problem_of(request, error)
    return await problems.http_error(request, error)


async def _redirect(request: Request) -> Response | None:
    path, query = request.scope["path"], request.url.query
    if request.method != "GET" or is_reserved(path):
        return None
    asked = candidates(path, query, prefix=current().prefix)
    found = await queries.find(request.state.database, asked)
    if found is None:
        return None
    source, target = found
    if target is None:
        return problems.problem_of(request, Gone(_("What was at this address is gone.")))
    # Its own query string was part of the old address; any other one is kept.
    has_query = bool(split(source)[1])
    address = target if has_query else with_query(target, query)
    return RedirectResponse(language.spoken(request, address), status_code=301)
