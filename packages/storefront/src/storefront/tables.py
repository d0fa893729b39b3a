"""Every table of the shop in one metadata, for migrations."""

from storefront.catalog import models as catalog_models
from storefront.db import Base
from storefront.inventory import models as inventory_models
from storefront.search import models as search_models

__all__ = ["Base", "catalog_models", "inventory_models", "search_models"]
