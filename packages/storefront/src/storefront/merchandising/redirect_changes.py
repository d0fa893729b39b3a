"""What staff can change about redirects, by forms and by the API alike."""

from collections.abc import Callable, Sequence

from storefront.backoffice.changes import Change, Logged
from storefront.db import WriteSession
from storefront.redirects import service as redirects
from storefront.redirects.csv_rows import Row
from storefront.redirects.service import ImportReport


def put_redirect(source: str, target: str | None, *, host: str) -> Change:
    """Redirect an old address, or mark it as gone."""

    async def make(session: WriteSession) -> Logged:
        stored = await redirects.put(session, source, target, host=host)
        return {"source": stored, "target": target or "gone"}

    return Change("put redirect", "redirect", source, make)


def delete_redirect(source: str) -> Change:
    """Delete a redirect."""

    async def make(session: WriteSession) -> Logged:
        await redirects.delete(session, source)
        return {}

    return Change("delete redirect", "redirect", source, make)


def import_redirects(
    rows: Sequence[Row], *, host: str, show: Callable[[ImportReport], None]
) -> Change:
    """Import the redirects of a file. show: gets the result."""

    async def make(session: WriteSession) -> Logged:
        report = await redirects.import_rows(session, rows, host=host)
        show(report)
        return {"rows": report.rows, "written": report.written, "rejected": len(report.rejected)}

    return Change("import redirects", "redirect", "file", make)
