"""Exports and feeds of other programs, recognised by their columns so that errors can name them."""

from collections.abc import Collection

# Column names, folded (rows.folded), that only files of this program have together. Sources: the import
# and export documentation of each.
_PROGRAMS: tuple[tuple[str, frozenset[str]], ...] = (
    ("a product export of Shopify", frozenset({"handle", "variantprice"})),
    ("a product export of Shopify", frozenset({"urlhandle", "title", "option1name"})),
    ("a product export of WooCommerce", frozenset({"type", "sku", "regularprice"})),
    ("a product export of WooCommerce", frozenset({"typ", "artikelnummer", "regulärerpreis"})),
    ("a product export of WooCommerce", frozenset({"type", "ugs", "tarifrégulier"})),
    ("a product export of WooCommerce", frozenset({"tipo", "sku", "precionormal"})),
    ("a product export of WooCommerce", frozenset({"tipo", "cod", "prezzodilistino"})),
    ("a product export of WooCommerce", frozenset({"type", "sku", "reguliereprijs"})),
    ("a product file of PrestaShop", frozenset({"productid", "active01", "pricetaxexcluded"})),
    ("a product file of PrestaShop", frozenset({"productid", "reference", "pricetaxexcl"})),
    ("a product export of Magento", frozenset({"sku", "attributesetcode", "producttype"})),
    ("a product export of Magento", frozenset({"sku", "attributeset", "productwebsites"})),
    ("a product export of Akeneo", frozenset({"family", "categories", "enabled"})),
    ("a product export of Shopware", frozenset({"productnumber", "pricenet", "pricegross"})),
    ("a product export of Lightspeed", frozenset({"internalid", "articlecode", "visible"})),
    ("a product export of BigCommerce", frozenset({"itemtype", "productname", "producttype"})),
    ("a product export of Squarespace", frozenset({"productpage", "producturl"})),
    ("a listing export of Etsy", frozenset({"title", "currencycode", "variation1type"})),
    ("a feed for Google Merchant Center", frozenset({"id", "title", "availability", "imagelink"})),
    ("a product export of WooCommerce", frozenset({"tipo", "sku", "prezzodilistino"})),
    ("a product export of WooCommerce", frozenset({"tipo", "sku", "preçonormal"})),
    ("a product export of Wix", frozenset({"handleid", "fieldtype"})),
    ("a product export of Wix", frozenset({"handle", "fieldtype", "strikethroughprice"})),
    ("a product export of Odoo", frozenset({"defaultcode", "listprice", "categid"})),
    ("a product export of Odoo", frozenset({"externalid", "internalreference", "salesprice"})),
    ("a product export of Ecwid", frozenset({"productinternalid", "productsku"})),
    ("a product export of OpenCart", frozenset({"productid", "upc", "jan", "isbn", "mpn"})),
    ("a product export of nopCommerce", frozenset({"producttype", "visibleindividually"})),
    ("an item library of Square", frozenset({"token", "itemname", "variationname"})),
    ("an inventory export of Shopify", frozenset({"handle", "option1value", "hscode", "location"})),
    ("a product export of Lightspeed", frozenset({"handle", "compositename", "compositesku"})),
    ("an Amazon inventory file", frozenset({"itemsku", "brandname"})),
    ("an Amazon inventory file", frozenset({"sellersku", "asin1"})),
)  # fmt: skip
# How the first line of its files starts, above the columns.
_AMAZON = ("templatetype", "settingsattributerow")


def program_of(columns: Collection[str]) -> str | None:
    """The kind of file with these (folded) columns; None if no known program writes it."""
    there = set(columns)
    if any(column.startswith(_AMAZON) for column in there):
        return "an Amazon inventory file"
    return next((name for name, telling in _PROGRAMS if telling <= there), None)
