"""Batch jobs over what was bought and saved: popularity, trending, bought together.

    facts      orders and wishlists as CSV files, by one COPY each
    jobs       pure functions from data frames to data frames, written once for DuckDB and Spark
    engine     the data frames: sqlframe on DuckDB here, PySpark on Databricks
    service    computes all of it and publishes the results in one transaction
    queries    what the shop reads: one row by its key, what is trending, and when it was computed

Owns product_insights and insight_states. Results are only ever replaced as a whole, and name products
that may be gone.
"""
