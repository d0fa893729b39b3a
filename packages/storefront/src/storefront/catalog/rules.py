"""Price, sizes, initial stock and arrival of products whose source has none. Pure and deterministic.

The same product gets the same price, sizes and stock on every machine and in every run: each draw is
a CRC-32 of the kind of value and of the product's number (of its design, for the list price).
packages/storefront/docs/catalogue.md describes the rule for shopkeepers.
"""

import zlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache

from storefront.catalog.genders import CHILDREN
from storefront.catalog.source import SourcePrice, SourceProduct, SourceSize
from storefront.money import minor_of

CURRENCY = "USD"


def _draw(what: str, number: int | str, below: int) -> int:
    """A number in [0, below), the same for the same words on every machine."""
    return zlib.crc32(f"{what}:{number}".encode()) % below


# --- prices -----------------------------------------------------------------------------------

# From and to, in whole units of the shop's currency, by article type, otherwise by the parent category.
_PRICE_BANDS: dict[str, tuple[int, int]] = {
    "Tshirts": (14, 49),
    "Shirts": (29, 89),
    "Tops": (19, 69),
    "Kurtas": (29, 99),
    "Kurtis": (24, 79),
    "Tunics": (24, 79),
    "Sweatshirts": (34, 99),
    "Sweaters": (39, 149),
    "Jackets": (69, 279),
    "Rain Jacket": (59, 189),
    "Blazers": (119, 349),
    "Waistcoat": (49, 149),
    "Suits": (199, 499),
    "Nehru Jackets": (69, 189),
    "Shrug": (24, 69),
    "Dresses": (39, 189),
    "Jumpsuit": (49, 159),
    "Sarees": (49, 299),
    "Lehenga Choli": (149, 449),
    "Kurta Sets": (59, 189),
    "Jeans": (39, 149),
    "Trousers": (34, 129),
    "Track Pants": (24, 79),
    "Shorts": (19, 69),
    "Skirts": (24, 99),
    "Leggings": (14, 49),
    "Capris": (19, 59),
    "Jeggings": (19, 59),
    "Casual Shoes": (39, 149),
    "Sports Shoes": (49, 179),
    "Formal Shoes": (69, 229),
    "Heels": (39, 169),
    "Flats": (24, 99),
    "Booties": (69, 219),
    "Sandals": (24, 99),
    "Sports Sandals": (29, 89),
    "Flip Flops": (9, 39),
    "Watches": (49, 399),
    "Handbags": (39, 279),
    "Clutches": (24, 129),
    "Backpacks": (29, 139),
    "Laptop Bag": (39, 159),
    "Duffel Bag": (39, 149),
    "Trolley Bag": (89, 299),
    "Wallets": (19, 89),
    "Belts": (14, 69),
    "Ties": (14, 59),
    "Sunglasses": (29, 199),
    "Caps": (12, 39),
    "Hat": (19, 69),
    "Scarves": (14, 69),
    "Stoles": (14, 79),
    "Mufflers": (14, 59),
    "Gloves": (14, 59),
    "Umbrellas": (14, 49),
    "Cufflinks": (19, 79),
    "Socks": (5, 19),
    "Innerwear": (9, 39),
    "Bra": (14, 59),
    "Loungewear and Nightwear": (19, 69),
    "Swimwear": (24, 89),
    "Earrings": (12, 89),
    "Necklace and Chains": (19, 129),
    "Jewellery Set": (29, 179),
    "Jewellery": (14, 99),
    "Perfume and Body Mist": (19, 119),
    "Fragrance Gift Set": (29, 129),
    "Deodorant": (5, 15),
    "Lips": (6, 29),
    "Nails": (4, 15),
    "Makeup": (8, 39),
    "Skin Care": (8, 49),
    "Skin": (8, 49),
    "Apparel": (19, 79),
    "Accessories": (12, 69),
    "Footwear": (29, 119),
    "Personal Care": (5, 39),
    "Sporting Goods": (12, 59),
    "Home": (12, 49),
    "Free Items": (5, 25),
}
_ANY_PRICE = (15, 60)

_REDUCED_ONE_IN = 5
_REDUCTIONS_PERCENT = (10, 15, 20, 25, 30, 40, 50)


def price_of(product: SourceProduct, currency: str) -> SourcePrice:
    """The price: within the range of its kind, more often low than high, ending in .00, .50 or .99.

    The list price is the same for all colours of the design. One product in five is reduced, by 10
    to 50 per cent.
    """
    low, high = next(
        (
            _PRICE_BANDS[kind]
            for kind in (product.article_type, product.sub_category, product.master_category)
            if kind in _PRICE_BANDS
        ),
        _ANY_PRICE,
    )
    design = product.style or product.id
    share = _draw("price", design, 10_000) / 10_000
    whole = low + round((high - low) * share**2)  # squared: most products are nearer to the low end
    cents = Decimal((0, 50, 99)[_draw("ending", design, 3)]) / 100
    before = minor_of(whole + cents, currency)
    if _draw("reduced", product.id, _REDUCED_ONE_IN):
        return SourcePrice(before, before, currency)
    percent = _REDUCTIONS_PERCENT[_draw("reduction", product.id, len(_REDUCTIONS_PERCENT))]
    return SourcePrice(before * (100 - percent) // 100, before, currency)


# --- sizes ------------------------------------------------------------------------------------

_ALPHA = ("XS", "S", "M", "L", "XL", "XXL")
_KIDS = ("2-3Y", "4-5Y", "6-7Y", "8-9Y", "10-11Y", "12-13Y")
_WAIST = {"Men": tuple(range(28, 42, 2)), "Women": tuple(range(24, 36, 2))}
_EU_SHOES = {
    "Men": range(39, 47),
    "Women": range(35, 42),
    "Boys": range(28, 37),
    "Girls": range(28, 37),
}
_BRAS = tuple(f"{band}{cup}" for band in (32, 34, 36, 38) for cup in "BCD")
_RINGS = tuple(range(48, 62, 2))

_BY_WAIST = frozenset({"Jeans", "Trousers", "Shorts", "Capris", "Rain Trousers", "Jeggings"})
_ONE_SIZE_APPAREL = frozenset({"Sarees", "Dupatta", "Patiala", "Stockings"})


def sizes_of(product: SourceProduct) -> tuple[SourceSize, ...]:
    """The sizes of a product, smallest first; a single ``One size`` if sizes do not apply."""
    return _sizes(*_system_of(product))


@cache
def _sizes(system: str, labels: tuple[object, ...]) -> tuple[SourceSize, ...]:
    return tuple(
        SourceSize(system, str(label), label if isinstance(label, int) else position)
        for position, label in enumerate(labels)
    )


def _system_of(product: SourceProduct) -> tuple[str, tuple[object, ...]]:
    kind, gender = product.article_type, product.gender
    is_child = age_group_of(product) != "adult"
    if product.master_category == "Footwear":
        return "EU", tuple(_EU_SHOES.get("Girls" if is_child else gender, range(36, 46)))
    if kind == "Bra":
        return "bra", _BRAS
    if kind == "Ring":
        return "ring", _RINGS
    if product.master_category != "Apparel" or kind in _ONE_SIZE_APPAREL:
        return "one size", ("One size",)
    if is_child:
        return "age", _KIDS
    if kind in _BY_WAIST and gender in _WAIST:
        return "waist", _WAIST[gender]
    return "alpha", _ALPHA


def age_group_of(product: SourceProduct) -> str:
    """The wearer's age group; if the source does not say, children's products are for ``kids``."""
    if product.age_group is not None:
        return product.age_group
    return "kids" if product.gender in CHILDREN else "adult"


# --- stock ------------------------------------------------------------------------------------

_SOLD_OUT_ONE_IN = 8
_MOST_PIECES = 40


def first_stock(product: SourceProduct, size: SourceSize) -> int:
    """Pieces on hand when the product first arrives: none for one size in eight, otherwise 1 to 40."""
    what = f"stock:{size.system}:{size.label}"
    if _draw(f"{what}:none", product.id, _SOLD_OUT_ONE_IN) == 0:
        return 0
    return 1 + _draw(what, product.id, _MOST_PIECES)


# --- arrival ----------------------------------------------------------------------------------

_SEASON_MONTH = {"Spring": 2, "Summer": 5, "Fall": 8, "Winter": 11}
_UNDATED_YEAR = 2007
_ARRIVALS_MINUTES = 21 * 24 * 60


def arrival_of(product: SourceProduct) -> datetime:
    """The date of arrival: within the first three weeks of its season, the best that sources have.

    Drawn by number, so that a season's new products are mixed, not in the order of a file.
    """
    month = _SEASON_MONTH.get(product.season or "", 1)
    start = datetime(product.year or _UNDATED_YEAR, month, 1, 8, tzinfo=UTC)
    return start + timedelta(minutes=_draw("arrival", product.id, _ARRIVALS_MINUTES))


# --- popularity -------------------------------------------------------------------------------

_MOST_POPULAR = 1_000


def popularity_of(product: SourceProduct) -> int:
    """Expected sales, 0 to 1,000, until there are purchases: few products sell very well."""
    share = _draw("popularity", product.id, 10_000) / 10_000
    return round(_MOST_POPULAR * share**4)
