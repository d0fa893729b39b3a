"""Search: finding products by filters, words and order, from one table derived from the truth.

Owns listings, listing_states, facet_values, product_changes, search_terms, synonyms and search_log.
Calls catalog and inventory. The basket and the product page read the truth, never these tables.
"""
