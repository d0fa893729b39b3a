"""What staff can change about collections, by forms and by the API alike."""

from collections.abc import Callable, Sequence

from storefront.backoffice.changes import Change, Logged
from storefront.collections import service as collections
from storefront.collections.service import Checked
from storefront.db import WriteSession


def create_collection(collection: Checked, *, show: Callable[[int], None]) -> Change:
    """Create a collection. show: is given its id."""

    async def make(session: WriteSession) -> Logged:
        show(await collections.create(session, collection))
        return _logged(collection)

    return Change("create collection", "collection", collection.wanted.slug, make)


def update_collection(collection_id: int, collection: Checked) -> Change:
    """Change a collection; its former address leads to the new one."""

    async def make(session: WriteSession) -> Logged:
        await collections.update(session, collection_id, collection)
        return _logged(collection)

    return Change("edit collection", "collection", str(collection_id), make)


def delete_collection(collection_id: int) -> Change:
    """Delete a collection; its address is gone."""

    async def make(session: WriteSession) -> Logged:
        return {"slug": await collections.delete(session, collection_id)}

    return Change("delete collection", "collection", str(collection_id), make)


def reorder_collections(collection_ids: Sequence[int]) -> Change:
    """Put collections into this order."""

    async def make(session: WriteSession) -> Logged:
        await collections.reorder(session, collection_ids)
        return {"ids": list(collection_ids)}

    return Change("order collections", "collection", "all", make)


def _logged(collection: Checked) -> Logged:
    return collection.wanted.model_dump(mode="json", exclude_defaults=True)
