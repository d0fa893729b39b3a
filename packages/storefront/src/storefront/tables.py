"""Every table of the shop in one metadata, for migrations."""

from storefront.alerts import models as alerts_models
from storefront.backoffice import models as backoffice_models
from storefront.cart import models as cart_models
from storefront.catalog import models as catalog_models
from storefront.checkout import models as checkout_models
from storefront.collections import models as collections_models
from storefront.content import models as content_models
from storefront.customers import models as customers_models
from storefront.db import Base
from storefront.fit import models as fit_models
from storefront.idempotency import models as idempotency_models
from storefront.insight import models as insight_models
from storefront.inventory import models as inventory_models
from storefront.jobs import models as jobs_models
from storefront.orders import models as orders_models
from storefront.payments import models as payments_models
from storefront.pricing import models as pricing_models
from storefront.rate_limits import models as rate_limits_models
from storefront.redirects import models as redirects_models
from storefront.returns import models as returns_models
from storefront.reviews import models as reviews_models
from storefront.saved_searches import models as saved_searches_models
from storefront.search import models as search_models
from storefront.service_levels import models as service_levels_models
from storefront.staff import models as staff_models
from storefront.vision import models as vision_models
from storefront.wishlist import models as wishlist_models

__all__ = [
    "Base",
    "alerts_models",
    "backoffice_models",
    "cart_models",
    "catalog_models",
    "checkout_models",
    "collections_models",
    "content_models",
    "customers_models",
    "fit_models",
    "idempotency_models",
    "insight_models",
    "inventory_models",
    "jobs_models",
    "orders_models",
    "payments_models",
    "pricing_models",
    "rate_limits_models",
    "redirects_models",
    "returns_models",
    "reviews_models",
    "saved_searches_models",
    "search_models",
    "service_levels_models",
    "staff_models",
    "vision_models",
    "wishlist_models",
]
