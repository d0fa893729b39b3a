"""Every route of what merchandisers edit."""

from storefront.merchandising import (
    collection_api,
    collection_pages,
    content_api,
    content_pages,
    redirect_api,
    redirect_pages,
)

ROUTERS = (
    collection_api.router,
    content_api.router,
    redirect_api.router,
    collection_pages.router,
    content_pages.router,
    redirect_pages.router,
)
