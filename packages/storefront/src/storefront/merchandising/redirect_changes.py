"""What staff can change about redirects, by forms and by the API alike."""

from collections.abc import Callable, Mapping, Sequence

from storefront.backoffice.changes import Change, Edited, Logged
from storefront.db import WriteSession
from storefront.redirects import service as redirects
from storefront.redirects.csv_rows import Row
from storefront.redirects.service import ImportReport, Site


def put_redirect(source: str, target: str | None, *, site: Site) -> Change:
    """Redirect an old address, or mark it as gone; others that led there lead on."""

    async def make(session: WriteSession) -> Edited:
        found = await redirects.put(session, source, target, site=site)
        return Edited(_targets(found.former) or None, _targets(found.changed))

    return Change("put redirect", "redirect", source, make)


def delete_redirect(source: str) -> Change:
    """Delete a redirect."""

    async def make(session: WriteSession) -> Edited:
        return Edited(_targets({source: await redirects.delete(session, source)}), {})

    return Change("delete redirect", "redirect", source, make)


def import_redirects(
    rows: Sequence[Row], *, site: Site, show: Callable[[ImportReport], None]
) -> Change:
    """Import the redirects of a file. show: gets the result."""

    async def make(session: WriteSession) -> Logged:
        report = await redirects.import_rows(session, rows, site=site)
        show(report)
        return {"rows": report.rows, "written": report.written, "rejected": len(report.rejected)}

    return Change("import redirects", "redirect", "file", make)


def _targets(targets: Mapping[str, str | None]) -> Logged:
    return {source: target or "gone" for source, target in targets.items()}
