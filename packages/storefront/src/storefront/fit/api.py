"""Size advice and body measures as JSON."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field, model_validator

from storefront.catalog import queries as catalog
from storefront.catalog.api import ProductId
from storefront.customers.current import CurrentCustomer, SignedIn
from storefront.db import Database
from storefront.errors import NotFound
from storefront.fit import advice, queries, service, wording
from storefront.fit.forms import BOUNDS_MM
from storefront.request_model import Flag, RequestModel, Whole
from storefront.web import problems
from storefront.web.deps import Reads, Writes

router = APIRouter(prefix="/api/v1", tags=["sizes"], responses=problems.responses(404, 422, 503))

Millimetres = Annotated[Whole | None, Field(description="In mm.")]


class Measures(RequestModel):
    """Body measures in mm; what is not known is left out."""

    height: Millimetres = None
    chest: Millimetres = None
    underbust: Millimetres = None
    waist: Millimetres = None
    hip: Millimetres = None
    finger: Millimetres = None
    foot: Millimetres = None

    @model_validator(mode="after")
    def _of_a_body(self) -> "Measures":
        for name, value in self.known().items():
            low, high = BOUNDS_MM[name]
            if not low <= value <= high:
                raise ValueError(f"{name} must be {low} to {high} mm")
        return self

    def known(self) -> dict[str, int]:
        """Those that are given."""
        return self.model_dump(exclude_none=True)


class StoredMeasures(Measures):
    """Measures to store. consent: that the shop may store them until they are deleted."""

    consent: Annotated[Flag, Field(description="Must be true.")]

    @model_validator(mode="after")
    def _agreed(self) -> "StoredMeasures":
        if not self.consent:
            raise ValueError("measures are stored only with consent: true")
        return self

    def known(self) -> dict[str, int]:
        """The measures alone."""
        return self.model_dump(exclude_none=True, exclude={"consent"})


class SizeAdvice(BaseModel):
    """Which size fits. size: null where nothing is known, or no size would fit.

    sentences: the same in words. based_on: body measures; pieces: how many that were kept or sent back.
    runs: ``small`` or ``large`` where buyers clearly say so.
    """

    size: str | None
    alternative: str | None
    probability: float | None
    confidence: advice.Confidence | None
    based_on: list[str]
    pieces: int
    runs: str | None
    voices: dict[str, int]
    sentences: list[str]


@router.get("/products/{product_id}/size-advice", name="api_size_advice")
async def own_advice(
    request: Request, product_id: ProductId, customer_id: CurrentCustomer
) -> SizeAdvice:
    """Which size fits the customer, by stored measures and by what was kept. Five statements at most."""
    return await _advice(request, product_id, customer_id, None)


@router.post("/products/{product_id}/size-advice", name="api_ask_size_advice")
async def ask(
    request: Request, product_id: ProductId, customer_id: CurrentCustomer, measures: Measures
) -> SizeAdvice:
    """Which size fits these measures. They are stored nowhere."""
    return await _advice(request, product_id, customer_id, measures.known())


@router.get("/account/measures", name="api_my_measures", responses=problems.responses(401))
async def my_measures(session: Reads, customer_id: SignedIn) -> Measures:
    """The customer's stored measures."""
    return Measures(**await queries.measures(session, customer_id))


@router.put("/account/measures", name="api_store_measures", responses=problems.responses(401))
async def store(session: Writes, customer_id: SignedIn, measures: StoredMeasures) -> Measures:
    """Store measures in place of those before."""
    await service.store(session, customer_id, measures.known())
    return Measures(**measures.known())


@router.delete(
    "/account/measures",
    name="api_delete_measures",
    status_code=204,
    responses=problems.responses(401),
)
async def delete(session: Writes, customer_id: SignedIn) -> Response:
    """Delete the stored measures."""
    await service.delete(session, customer_id)
    return Response(status_code=204)


async def _advice(
    request: Request, product_id: int, customer_id: int | None, measures: dict[str, int] | None
) -> SizeAdvice:
    database: Database = request.state.database
    found = await catalog.product_page(database, product_id)
    advised = await service.advice_for(database, found, customer_id=customer_id, measures=measures)
    if advised is None:
        raise NotFound(f"The sizes of product {product_id} are not body measures.")
    known = advised.advice
    return SizeAdvice(
        size=advised.size,
        alternative=advised.second,
        probability=None if known is None else round(known.probability, 2),
        confidence=None if known is None else known.confidence,
        based_on=[] if known is None else list(known.measures),
        pieces=0 if known is None else known.worn,
        runs=advised.voices.runs,
        voices={
            "small": advised.voices.small,
            "true": advised.voices.true,
            "large": advised.voices.large,
        },
        sentences=wording.sentences(advised),
    )
