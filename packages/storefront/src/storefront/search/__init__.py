"""Search: finds products by filters, words and order, in a read model derived from other tables.

Owns listings, listing_states, facet_values, product_changes, search_terms, synonyms and search_log.
Calls catalog and inventory. The basket and the product page never read these tables.
"""
