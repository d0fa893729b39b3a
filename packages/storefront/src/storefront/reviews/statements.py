"""SQL of the reads of reviews (``queries``)."""

from sqlalchemy import text

# One review as JSON, of the row `review`.
_AS_JSON = """
    json_build_object(
        'id', review.id, 'author', author, 'stars', stars, 'fit', fit,
        'size_label', review.size_label, 'height_mm', height_mm, 'title', title, 'body', body,
        'language', language, 'helpful_count', helpful_count, 'created_at', review.created_at,
        'edited_at', edited_at, 'photographs', (
            select json_agg(json_build_array(key, width, height) order by created_at, key)
            from shop.review_photographs where review_id = review.id))
"""
_COUNTS = """
    select json_build_array(
        count(*) filter (where stars = 1), count(*) filter (where stars = 2),
        count(*) filter (where stars = 3), count(*) filter (where stars = 4),
        count(*) filter (where stars = 5), count(*) filter (where fit = 'small'),
        count(*) filter (where fit = 'true'), count(*) filter (where fit = 'large'))
    from shop.reviews where product_id = $1 and state = 'published'
"""
SHOWN = (
    "select ("  # noqa: S608 - constants
    + _COUNTS
    + ") as summary, (select json_agg("
    + _AS_JSON
    + """order by helpful_count desc, review.id desc) from (
        select * from shop.reviews where product_id = $1 and state = 'published'
        order by helpful_count desc, id desc limit $2) as review) as reviews"""
)
_PAGE = (
    "select ("  # noqa: S608 - constants
    + _COUNTS
    + """) as summary,
    array(select size_label from shop.reviews where product_id = $1 and state = 'published'
        group by size_system, size_label
        order by size_system, coalesce((select sort from shop.sizes
            where system = size_system and label = size_label), 0), size_label) as sizes,
    (select json_agg("""
    + _AS_JSON
    + """order by {rank} desc, review.id desc) from (
        select * from shop.reviews where product_id = $1 and state = 'published'
        and ($2::int is null or stars = $2) and ($3::text is null or size_label = $3)
        and ($4::text is null or fit = $4)
        and ($5::int is null or ({rank}, id) < ($5, $6::bigint))
        order by {rank} desc, id desc limit $7) as review) as reviews"""
)
# By what reviews are sorted, falling; of equal rank the newest is first.
PAGES = {
    "newest": _PAGE.format(rank="cast(0 as int)"),
    "helpful": _PAGE.format(rank="helpful_count"),
    "highest": _PAGE.format(rank="stars"),
    "lowest": _PAGE.format(rank="-stars"),
}
_LINES = (
    "select line.id as line_id, number, customer_id, sku, line.product_id, slug, name, colour,"  # noqa: S608 - constants
    " line.size_system, line.size_label, picture, delivered_at, review.state,"
    " review.rejected_reason, review.held_for, case when review.id is not null then"
    + _AS_JSON
    + """end as review
    from shop.order_lines as line
    join shop.orders on orders.id = order_id
    left join lateral (
        select min(shipments.delivered_at) as delivered_at from shop.shipment_lines
        join shop.shipments on shipments.id = shipment_id where order_line_id = line.id
    ) as parcel on true
    left join shop.reviews as review on review.order_line_id = line.id
    """
)
_ONE_LINE = _LINES + " where number = :number and sku = :sku"
_LINES_OF_CUSTOMER = (
    _LINES
    + """ where customer_id = :customer_id and (delivered_at is not null or review.id is not null)
    and (cast(:before as bigint) is null or line.id < :before) order by line.id desc limit :most"""
)
_LINES_UNREVIEWED = (
    _LINES
    + """ where orders.id = :order_id and delivered_at is not null and review.id is null
    and returned_count < shipped_count order by line.position"""
)
LINE = text(_ONE_LINE)
OF_CUSTOMER = text(_LINES_OF_CUSTOMER)
UNREVIEWED = text(_LINES_UNREVIEWED)
PHOTOGRAPH = text(
    """
    select case when :is_thumbnail then thumbnail else content end
    from shop.review_photographs join shop.reviews on reviews.id = review_id
    where key = :key and (state = 'published' or order_line_id = :line_id)
    """
)
ANY_PHOTOGRAPH = text("select content from shop.review_photographs where key = :key")
_ONE_PUBLISHED = (
    "select slug, "  # noqa: S608 - constants
    + _AS_JSON
    + """as review from shop.reviews as review
    join shop.colourways on colourways.id = review.product_id
    where review.id = :id and state = 'published'"""
)
PUBLISHED = text(_ONE_PUBLISHED)
_OPEN = """
    from shop.reviews as review where (state = 'held' or (state = 'published' and exists (
        select from shop.review_reports where review_id = review.id and settled_at is null)))
"""
_OLDEST_OPEN = (
    "select product_id, held_for, state, line.slug, line.name, "  # noqa: S608 - constants
    " (select json_object_agg(reason, reports) from (select reason, count(*) as reports"
    " from shop.review_reports where review_id = review.id and settled_at is null group by reason"
    ") as given) as reports, "
    + _AS_JSON
    + """as review
    from (select review.* """
    + _OPEN
    + """ and (cast(:after as bigint) is null or review.id > :after)
        order by review.id limit :most) as review
    join lateral (select slug, name from shop.order_lines where id = order_line_id) as line on true
    order by review.id"""
)
_COUNT_OPEN = "select count(*)" + _OPEN
WAITING = text(_OLDEST_OPEN)
COUNT_WAITING = text(_COUNT_OPEN)
EXPORT = text(
    """
    select jsonb_build_object(
        'written', (select coalesce(jsonb_agg(jsonb_build_object(
                'order', number, 'sku', sku, 'stars', stars, 'fit', fit, 'height_mm', height_mm,
                'author', author, 'title', title, 'body', body, 'state', reviews.state,
                'created_at', reviews.created_at, 'edited_at', edited_at, 'photographs', (
                    select count(*) from shop.review_photographs where review_id = reviews.id)
            ) order by reviews.id), '[]')
            from shop.reviews join shop.order_lines on order_lines.id = order_line_id
            join shop.orders on orders.id = order_id where customer_id = :customer_id),
        'helpful', (select coalesce(jsonb_agg(review_id order by id), '[]')
            from shop.review_votes where customer_id = :customer_id),
        'reported', (select coalesce(jsonb_agg(
                jsonb_build_object('review', review_id, 'reason', reason) order by id), '[]')
            from shop.review_reports where customer_id = :customer_id))
    """
)
DIFFERENCES = text(
    """
    with products as (
        select colourways.id, rating_count, round(100 * coalesce(rating_avg, 0))::bigint as average,
            count(reviews.id) as reviews,
            round(100 * coalesce(round(avg(stars), 2), 0))::bigint as counted
        from shop.colourways
        left join shop.reviews on product_id = colourways.id and state = 'published'
        where rating_count > 0 or rating_avg is not null or reviews.id is not null
        group by colourways.id
    )
    select 'rating_count', 'product ' || id, rating_count, reviews from products
    where rating_count <> reviews
    union all
    select 'rating_hundredths', 'product ' || id, average, counted from products
    where average <> counted
    union all
    select 'helpful', 'review ' || id, helpful_count, votes from shop.reviews
    cross join lateral (
        select count(*) as votes from shop.review_votes where review_id = reviews.id) as given
    where helpful_count <> votes
    order by 1, 2
    """
)
