"""The catalogue as JSON."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field

from storefront.catalog import queries
from storefront.catalog.cells import AGE_GROUPS
from storefront.catalog.models import MEASURES
from storefront.request_model import Id
from storefront.web import problems

router = APIRouter(prefix="/api/v1", tags=["products"], responses=problems.responses(422, 503))

ProductId = Annotated[Id, Path(description="The product's number.")]


class Product(BaseModel):
    """A product: one design in one colour.

    Prices are numbers in the major unit of ``currency``; ``…_minor`` are exact, in minor units.
    """

    product_id: str
    style_id: Annotated[
        str, Field(description="Products with the same style are colours of one design.")
    ]
    product_display_name: str
    brand: str | None
    gender: str
    master_category: str
    sub_category: str
    article_type: str
    category_path: Annotated[str, Field(description="Slugs from the root, joined by slashes.")]
    base_color: str | None
    color_family: str | None
    color_hex: str | None
    season: str | None
    year: int | None
    usage: str | None
    price: float
    price_minor: int
    list_price: Annotated[
        float, Field(description="The list price; the same as price where there is no other.")
    ]
    list_price_minor: int
    lowest_price: Annotated[
        float | None,
        Field(
            description="The lowest price of the 30 days before the present one; null where the "
            "price is not below the list price, or none is known."
        ),
    ]
    lowest_price_minor: int | None
    currency: str
    rating: Annotated[float | None, Field(description="1 to 5 stars; null without ratings.")]
    rating_count: int
    badges: Annotated[
        list[str],
        Field(
            description="reduced: price is below lowest_price, or below list_price where that is null; "
            "sold-out."
        ),
    ]
    similarity_score: Annotated[
        float | None,
        Field(description="Similarity to the requested product, 0 to 1."),
    ] = None
    personalization_reason: Annotated[str | None, Field(description="Why it is recommended.")] = (
        None
    )
    similar_product_ids: Annotated[
        list[str], Field(description="Deprecated: always empty. Use /similar.")
    ] = []
    complete_the_set_ids: Annotated[
        list[str],
        Field(description="Deprecated: always empty. Use /complete-the-look."),
    ] = []
    recommendations_updated_at: datetime | None = None
    image_path: Annotated[str | None, Field(description="Key in the picture store.")]
    image_url: str | None
    image_width: Annotated[
        int | None, Field(description="Of the original, in px, where known.")
    ] = None
    image_height: int | None = None
    hover_image_url: Annotated[str | None, Field(description="Another view of it.")] = None
    url: Annotated[str, Field(description="The product's page.")]
    ingested_at: datetime


class SizeOffer(BaseModel):
    """A size and whether it can be bought."""

    sku: str
    system: Annotated[str, Field(description="For example alpha, EU, waist, age.")]
    label: str
    in_stock: bool


class MeasureRange(BaseModel):
    """A range in mm, both ends included."""

    low_mm: int
    high_mm: int


class ChartSize(BaseModel):
    """Body measurements of a size."""

    system: str
    label: str
    measures: Annotated[
        dict[str, MeasureRange], Field(description=f"By name: {', '.join(MEASURES)}.")
    ]


class SizeChart(BaseModel):
    """Body measurements by size, for a kind of garment and wearer; includes sizes not offered."""

    key: str
    name: str
    note: Annotated[str | None, Field(description="The source of its numbers, and how to measure.")]
    sizes: list[ChartSize]


class ProductDetail(Product):
    """A product with everything its page shows."""

    description: str | None
    material: str | None
    age_group: Annotated[str, Field(description=f"Of the wearer: {', '.join(AGE_GROUPS)}.")]
    size_chart: Annotated[
        SizeChart | None, Field(description="Null where sizes are not body measurements.")
    ]
    images: list[str]
    sizes: list[SizeOffer]
    colors: Annotated[list[Product], Field(description="The design's other colours.")]


@router.get("/products/{product_id}", name="api_product", responses=problems.responses(404, 410))
async def product_detail(request: Request, product_id: ProductId) -> ProductDetail:
    """One live product."""
    found = await queries.product_page(request.state.database, product_id)
    return ProductDetail(
        **_product(request, found.card).model_dump(),
        description=found.description,
        material=found.material,
        age_group=found.age_group,
        size_chart=found.size_chart and _size_chart(found.size_chart),
        images=[_picture_url(request, picture.key) for picture in found.pictures],
        sizes=[
            SizeOffer(sku=size.sku, system=size.system, label=size.label, in_stock=size.left > 0)
            for size in found.sizes
        ],
        colors=[_product(request, card) for card in found.colours if card.id != product_id],
    )


def _size_chart(chart: queries.SizeChart) -> SizeChart:
    return SizeChart(
        key=chart.key,
        name=chart.name,
        note=chart.note,
        sizes=[
            ChartSize(
                system=system,
                label=label,
                measures={
                    measure: MeasureRange(low_mm=low, high_mm=high)
                    for measure, (low, high) in measures.items()
                },
            )
            for (system, label), measures in chart.sizes.items()
        ],
    )


def _product(request: Request, card: queries.ProductCard) -> Product:
    return Product(
        product_id=str(card.id),
        style_id=str(card.style_id),
        product_display_name=card.name,
        brand=card.brand,
        gender=card.gender,
        master_category=card.master_category,
        sub_category=card.sub_category,
        article_type=card.article_type,
        category_path=card.category_path,
        base_color=card.colour_name,
        color_family=card.colour_family,
        color_hex=card.colour_hex,
        season=card.season,
        year=card.year,
        usage=card.usage,
        price=float(card.price.major),
        price_minor=card.price.minor,
        list_price=float(card.list_price.major),
        list_price_minor=card.list_price.minor,
        lowest_price=None if card.lowest_price is None else float(card.lowest_price.major),
        lowest_price_minor=None if card.lowest_price is None else card.lowest_price.minor,
        currency=card.price.currency,
        rating=None if card.rating is None else float(card.rating),
        rating_count=card.rating_count,
        badges=card.badges,
        image_path=card.picture,
        image_url=_picture_url(request, card.picture) if card.picture else None,
        image_width=card.picture_width,
        image_height=card.picture_height,
        hover_image_url=_picture_url(request, card.second_picture) if card.second_picture else None,
        url=request.url_for("product", slug=card.slug).path,
        ingested_at=card.imported_at,
    )


def _picture_url(request: Request, key: str) -> str:
    return request.url_for("picture", key=key).path
