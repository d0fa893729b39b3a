"""Pages that explain: delivery, returns, payment, contact, sizes; the policies; the offline page."""

from fastapi import APIRouter, Request, Response

from storefront.catalog import queries as catalog
from storefront.help.markdown import text_of
from storefront.pricing import queries as pricing
from storefront.settings import Settings
from storefront.web import render
from storefront.web.deps import Reads

router = APIRouter(include_in_schema=False)


@router.get("/help", name="help")
async def help_index(request: Request) -> Response:
    """The overview of all help pages."""
    return render.page(request, "help/index.html")


@router.get("/help/sizes", name="size_guide")
async def size_guide(request: Request, session: Reads) -> Response:
    """How to measure, and every size chart. Two statements at most."""
    return render.page(
        request,
        "help/sizes.html",
        text=await text_of(request, "help", "sizes"),
        charts=await catalog.size_charts(session),
    )


@router.get("/help/{topic}", name="help_page")
async def help_page(request: Request, session: Reads, topic: str) -> Response:
    """A text, with the delivery methods if it is about them. Two statements at most."""
    text = await text_of(request, "help", topic)
    settings: Settings = request.state.settings
    methods = []
    if topic == "delivery":
        methods = await pricing.methods_for(session, settings.country, settings.currency)
    return render.page(request, "help/page.html", text=text, topic=topic, methods=methods)


@router.get("/policies/{name}", name="policy")
async def policy(request: Request, name: str) -> Response:
    """What is agreed: terms, privacy, accessibility, imprint. One statement at most."""
    return render.page(
        request,
        "help/page.html",
        text=await text_of(request, "policies", name),
        topic=name,
        methods=[],
    )


@router.get("/offline", name="offline")
async def offline(request: Request) -> Response:
    """Shown by the browser where the network is away and the page was not stored."""
    return render.page(request, "help/offline.html")
