"""Search: finds products by filters, words and sort order, in a read model derived from other tables.

Owns listings, listing_texts, listing_states, listing_versions, facet_values, product_changes, synonyms
and search_log.
Calls catalog and inventory. The bag and the product page never read these tables.
"""
