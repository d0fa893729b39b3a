"""What staff can change about collections, by forms and by the API alike."""

from collections.abc import Sequence

from storefront.backoffice.changes import Change, Edited, Logged, changed
from storefront.collections import service as collections
from storefront.collections.service import Checked, CollectionEdit, Wanted
from storefront.db import WriteSession


def create_collection(collection: Checked) -> Change:
    """Create a collection."""

    async def make(session: WriteSession) -> Edited:
        collection_id = await collections.create(session, collection)
        return Edited(None, _logged(collection.wanted), entity_id=str(collection_id))

    return Change("create collection", "collection", collection.wanted.slug, make)


def update_collection(collection_id: int, collection: Checked, *, version: str | None) -> Change:
    """Change a collection; its former address leads to the new one.

    version: of the state that the edit began with, if known.
    """

    async def make(session: WriteSession) -> Edited:
        before = await collections.update(session, collection_id, collection, version=version)
        return changed(_logged(before), _logged(collection.wanted))

    return Change("edit collection", "collection", str(collection_id), make)


def delete_collection(collection_id: int) -> Change:
    """Delete a collection; its address is gone."""

    async def make(session: WriteSession) -> Edited:
        return Edited(_logged(await collections.delete(session, collection_id)), {})

    return Change("delete collection", "collection", str(collection_id), make)


def reorder_collections(collection_ids: Sequence[int]) -> Change:
    """Put collections into this order."""

    async def make(session: WriteSession) -> Edited:
        before = await collections.reorder(session, collection_ids)
        return Edited({"ids": before}, {"ids": list(collection_ids)})

    return Change("order collections", "collection", "all", make)


def _logged(wanted: Wanted) -> Logged:
    about = CollectionEdit.model_fields.keys() - Wanted.model_fields.keys()
    return wanted.model_dump(mode="json", exclude_defaults=True, exclude=about)
