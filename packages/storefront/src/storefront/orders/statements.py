"""SQL of what becomes of an order (``life``)."""

from sqlalchemy import text

# Not `for update`: rows that refer to the order, such as events, may be written meanwhile.
LOCK = text(
    """
    select id, number, cart_id, state, total_minor, currency
    from shop.orders where number = :number for no key update
    """
)
LINES = text("select * from shop.order_lines where order_id = :order_id order by sku_id")
CANCEL = text("update shop.orders set state = 'cancelled' where id = :id and state = 'placed'")
CANCEL_LINES = text(
    """
    update shop.order_lines set cancelled_count = quantity
    where order_id = :order_id
    """
)
SHIP_LINES = text(
    """
    update shop.order_lines set shipped_count = shipped_count + parcel.pieces
    from unnest(cast(:line_ids as bigint[]), cast(:quantities as int[])) as parcel (line_id, pieces)
    where id = line_id and order_id = :order_id
    and shipped_count + cancelled_count + parcel.pieces <= quantity
    returning id
    """
)
SHIP = text(
    """
    with shipment as (
        insert into shop.shipments (order_id, carrier, tracking_number, tracking_url)
        values (:order_id, :carrier, :tracking_number, :tracking_url) returning id
    ), content as (
        insert into shop.shipment_lines (shipment_id, order_line_id, quantity)
        select id, line_id, pieces from shipment, unnest(
            cast(:line_ids as bigint[]), cast(:quantities as int[])) as parcel (line_id, pieces)
    )
    select id from shipment
    """
)
HAS_SHIPMENT = text(
    "select id from shop.shipments where id = :shipment_id and order_id = :order_id"
)
DELIVER = text(
    """
    update shop.shipments set state = 'delivered', delivered_at = now()
    where id = :shipment_id and order_id = :order_id and state = 'shipped' returning id
    """
)
TAKE_BACK = text(
    """
    update shop.order_lines set cancelled_count = cancelled_count + :cancelled,
        returned_count = returned_count + :returned, refunded_minor = refunded_minor + :amount
    where id = :id
    """
)
COMPLETE = text(
    """
    update shop.orders set state = case
        when exists (select from shop.shipments where order_id = :id) then 'completed'
        else 'cancelled' end
    where id = :id and state = 'placed'
    and not exists (
        select from shop.order_lines
        where order_id = :id and shipped_count + cancelled_count < quantity)
    and not exists (select from shop.shipments where order_id = :id and state = 'shipped')
    returning state
    """
)
