"""Changes of the catalogue by staff: the audit log has each value before and after."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from itertools import groupby
from uuid import UUID

from storefront.backoffice import service
from storefront.backoffice.changes import Change, Edited, Logged, changed
from storefront.catalog import bulk, editing, media, price_schedules
from storefront.catalog.bulk import Preview
from storefront.catalog.media import ProductPicture
from storefront.catalog.price_schedules import PriceChanges, Wanted
from storefront.catalog.range import Filter
from storefront.catalog.sheets import Difference, Sheet
from storefront.db import WriteSession
from storefront.vision.photograph import Copy


def save_product(
    sheet: Sheet,
    *,
    version: str | None,
    currency: str,
    actor: str,
) -> Change:
    """Create a product, or change it; what changes of other colours of its design is logged as theirs.

    version: of the sheet that the edit began with; None for a new product.
    """
    number = sheet.product.get("product_id", "").strip()
    name = "create" if version is None else "edit"

    async def make(session: WriteSession) -> Edited:
        product_id, edit = await editing.save(session, sheet, currency=currency, version=version)
        own = Edited({}, {})
        for one_id, differences in groupby(edit.differences, key=lambda one: one.product_id):
            edited = _edited(differences)
            if one_id == product_id:
                own = replace(edited, entity_id=str(product_id))
            else:
                await service.record(
                    session,
                    actor=actor,
                    action=f"edit with product {product_id}",
                    entity="product",
                    entity_id=str(one_id),
                    before=edited.before,
                    after=edited.after,
                )
        return own

    return Change(name, "product", number or "new", make)


def _edited(differences: Iterable[Difference]) -> Edited:
    """By column, with its size before the column."""
    found = [(f"{one.size} {one.column}".strip(), one.old, one.new) for one in differences]
    return Edited({name: old for name, old, _ in found}, {name: new for name, _, new in found})


def add_picture(product_id: int, key: str, copy: Copy, *, alt: str) -> Change:
    """Show one more picture of a product. key: of the stored file."""

    async def make(session: WriteSession) -> Logged:
        await media.add(session, product_id, key=key, alt=alt, width=copy.width, height=copy.height)
        return {"picture": key, "alt": alt}

    return Change("add picture", "product", str(product_id), make)


def edit_picture(product_id: int, picture_id: int, *, alt: str, place: int) -> Change:
    """Change what a picture is said to show, and its place, from 1."""

    async def make(session: WriteSession) -> Edited | None:
        before, after = await media.edit(
            session, product_id, picture_id, alt=alt, position=place - 1
        )
        if before == after:
            return None
        return changed(_logged(before), _logged(after))

    def _logged(picture: ProductPicture) -> Logged:
        name = f"picture {picture_id}"
        return {f"{name} alt": picture.alt, f"{name} place": picture.position + 1}

    return Change("edit picture", "product", str(product_id), make)


def remove_picture(product_id: int, picture_id: int) -> Change:
    """No longer show a picture."""

    async def make(session: WriteSession) -> Edited:
        removed = await media.remove(session, product_id, picture_id)
        return Edited({"picture": removed.key, "alt": removed.alt}, {"picture": None})

    return Change("remove picture", "product", str(product_id), make)


def apply_file(
    upload_id: UUID, digest: str, *, currency: str, applied: Callable[[Preview], None]
) -> Change:
    """Make exactly the changes of a file's preview. applied: is given what was changed."""

    async def make(session: WriteSession) -> Logged:
        file, made = await bulk.apply(session, upload_id, digest, currency=currency)
        applied(made)
        return {
            "file": file.name,
            "added": len(made.added),
            "changed": len(made.changed),
            "values": len(made.differences),
            "rejected": len(made.rejected),
        }

    return Change("import", "import", str(upload_id), make)


def schedule_prices(wanted: Wanted, *, scheduled: Callable[[int], None]) -> Change:
    """Schedule prices of one product or many. scheduled: is given how many."""
    which = _which(wanted.which)

    async def make(session: WriteSession) -> Logged:
        count = await price_schedules.schedule(session, wanted)
        scheduled(count)
        return {
            "which": which,
            wanted.kind: str(wanted.value),
            "products": count,
            "from": wanted.since.isoformat(),
            "until": wanted.until.isoformat() if wanted.until else None,
        }

    return Change("schedule prices", "price", which[:100], make)


def _which(which: Filter | Sequence[int]) -> str:
    """A filter by what it narrows, else the numbers."""
    if not isinstance(which, Filter):
        return ", ".join(map(str, which))
    narrowed = [f"{name} {value}" for name, value in asdict(which).items() if value]
    return ", ".join(narrowed) or "every product"


def change_price(product_id: int, since: datetime, changes: PriceChanges) -> Change:
    """Change a scheduled price or its end; with None as its price, end it or take it back."""

    async def make(session: WriteSession) -> Edited:
        before, after = await price_schedules.change(session, product_id, since, changes)
        name = f"price from {since.isoformat()}"
        old = {name: str(before.price), f"{name} until": _moment(before.until)}
        if after["price"] is None:
            return Edited(old, {name: None})
        return Edited(old, {name: str(after["price"]), f"{name} until": _moment(after["until"])})

    return Change("change scheduled price", "product", str(product_id), make)


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
