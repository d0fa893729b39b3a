"""What the shop wants to know of its sales, as functions from data frames to data frames.

Only what PySpark and sqlframe do alike (docs/decisions/0044): joins, groups, windows, arithmetic. Every
result column is cast, ties are broken by id, and the day that counts as today is an argument: the same
facts give the same rows.

    lines   order_id bigint, product_id bigint, style_id bigint, quantity bigint, day date
    saves   product_id bigint, day date
"""

from datetime import date
from typing import Any

from storefront.insight.engine import Engine

LINES = "order_id bigint, product_id bigint, style_id bigint, quantity bigint, day date"
SAVES = "product_id bigint, day date"

MOST_TOGETHER = 12
"""Products that are named as bought together with one."""
MOST_TRENDING = 200

_LARGEST_ORDER = 50  # designs; pairs grow with the square, and a wholesaler's order says little
_LEAST_TOGETHER = 2  # orders: one is an accident
_DAMPING = 5.0  # orders that nobody placed, so that two rare products are not taken for a pair
_POPULAR_HALF_LIFE_DAYS = 90.0
_TRENDING_HALF_LIFE_DAYS = 7.0
_TRENDING_DAYS = 28
_A_PURCHASE, _A_SAVE = 5.0, 2.0  # how much they count for what is trending
_MOST_POPULAR = 1_000


def bought_together(engine: Engine, lines: Any) -> Any:
    """Products that stand in the same orders: product_id, other_id, place (1 is the best).

    By the cosine of their orders, damped; another colour of the same design is no pair.
    """
    f = engine.functions
    bought = lines.select("order_id", "style_id", "product_id").distinct()
    sizes = bought.groupBy("order_id").agg(f.countDistinct("style_id").alias("designs"))
    usable = sizes.where(f.col("designs").between(2, _LARGEST_ORDER)).select("order_id")
    orders = bought.join(usable, "order_id")
    totals = bought.groupBy("product_id").agg(f.count("order_id").alias("orders"))
    one = orders.select("order_id", "product_id", "style_id")
    other = orders.select(
        "order_id", f.col("product_id").alias("other_id"), f.col("style_id").alias("other_style")
    )
    pairs = (
        one.join(other, "order_id")
        .where(f.col("style_id") != f.col("other_style"))
        .groupBy("product_id", "other_id")
        .agg(f.count("order_id").alias("together"))
        .where(f.col("together") >= _LEAST_TOGETHER)
    )
    others = totals.select(f.col("product_id").alias("other_id"), f.col("orders").alias("others"))
    likeness = f.col("together") / (f.sqrt(f.col("orders") * f.col("others")) + f.lit(_DAMPING))
    scored = pairs.join(totals, "product_id").join(others, "other_id").withColumn("score", likeness)
    best = engine.window.partitionBy("product_id").orderBy(f.col("score").desc(), f.col("other_id"))
    placed = scored.withColumn("place", f.row_number().over(best))
    return placed.where(f.col("place") <= MOST_TOGETHER).select(
        f.col("product_id").cast("bigint").alias("product_id"),
        f.col("other_id").cast("bigint").alias("other_id"),
        f.col("place").cast("int").alias("place"),
    )


def popularity(engine: Engine, lines: Any, until: date) -> Any:
    """How well products sell: product_id, popularity (1 to 1,000) of what was sold at all.

    By the pieces sold, of which each counts half as much after 90 days. What counts is the place among
    the others: its fourth power, so that few products are very popular, as the catalogue expects it.
    """
    f = engine.functions
    sold = _decayed(engine, lines, until, _POPULAR_HALF_LIFE_DAYS, f.col("quantity"))
    place = f.percent_rank().over(engine.window.orderBy(f.col("score"), f.col("product_id").desc()))
    shares = sold.withColumn("part", place)
    score = f.greatest(f.round(f.pow(f.col("part"), f.lit(4)) * f.lit(_MOST_POPULAR)), f.lit(1))
    return shares.select(
        f.col("product_id").cast("bigint").alias("product_id"),
        score.cast("int").alias("popularity"),
    )


def trending(engine: Engine, lines: Any, saves: Any, until: date) -> Any:
    """What is wanted now: product_id, trend (greater is better), 200 products at most.

    Purchases and saves of the last 28 days, of which each counts half as much after a week.
    """
    f = engine.functions
    bought = lines.select(
        "product_id", "day", (f.col("quantity") * f.lit(_A_PURCHASE)).alias("points")
    )
    saved = saves.select("product_id", "day", f.lit(_A_SAVE).alias("points"))
    first = f.date_sub(f.lit(until), _TRENDING_DAYS)
    recent = bought.unionByName(saved).where(f.col("day") > first)
    scores = _decayed(engine, recent, until, _TRENDING_HALF_LIFE_DAYS, f.col("points"))
    best = engine.window.orderBy(f.col("score").desc(), f.col("product_id"))
    placed = scores.withColumn("place", f.row_number().over(best))
    return placed.where(f.col("place") <= MOST_TRENDING).select(
        f.col("product_id").cast("bigint").alias("product_id"),
        f.col("score").cast("double").alias("trend"),
    )


def _decayed(engine: Engine, events: Any, until: date, half_life_days: float, points: Any) -> Any:
    """By product, the sum of points, which halve with time: product_id, score. Nothing after `until`."""
    f = engine.functions
    age = f.datediff(f.lit(until), f.col("day"))
    weight = f.pow(f.lit(0.5), age / f.lit(half_life_days))
    known = events.where(f.col("day") <= f.lit(until))
    return known.groupBy("product_id").agg(f.sum(points * weight).alias("score"))
