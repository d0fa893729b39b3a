"""SQL of the lifecycle of orders, of their audit, and of the last addresses of customers."""

from sqlalchemy import text

# Not `for update`: rows that refer to the order, such as events, may be written concurrently.
LOCK = text(
    """
    select id, number, orders.cart_id, state, total_minor, currency, replaces_order_id,
        coalesce(is_held, false) as is_held
    from shop.orders left join shop.replacements on replacements.cart_id = orders.cart_id
    where number = :number for no key update of orders
    """
)
# The amount paid, minus refunds and credits for replacements.
LEFT = text(
    """
    select (gift_card_minor + coalesce((
            select sum(amount_minor) from shop.payments
            where order_id = orders.id and payments.state = 'captured'), 0)
        + coalesce((
            select credit_minor - undone_minor from shop.replacements
            where cart_id = orders.cart_id), 0)
        - coalesce((
            select sum(credit_minor - undone_minor) from shop.replacements
            where replaces_order_id = orders.id), 0)
        - coalesce((
            select sum(amount_minor) from shop.refunds
            where order_id = orders.id and refunds.state <> 'failed'), 0))::bigint
    from shop.orders where id = :order_id
    """
)
# The orders whose pieces an order replaces, the nearest first.
REPLACED = text(
    """
    with recursive replaced as (
        select orders.id, orders.number, orders.cart_id, 1 as distance
        from shop.orders where id = :replaces_order_id
        union all
        select orders.id, orders.number, orders.cart_id, distance + 1
        from replaced
        join shop.replacements on replacements.cart_id = replaced.cart_id
        join shop.orders on orders.id = replaces_order_id
    )
    select id, number, cart_id, distance from replaced order by distance
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
# Only delivered pieces can be returned, each once. The order's row was locked before.
EXPECT = text(
    """
    update shop.order_lines set returning_count = returning_count + back.pieces
    from unnest(cast(:line_ids as bigint[]), cast(:quantities as int[])) as back (line_id, pieces)
    where id = line_id and order_id = :order_id
    and returned_count + returning_count + back.pieces <= (
        select coalesce(sum(shipment_lines.quantity), 0) from shop.shipment_lines
        join shop.shipments on shipments.id = shipment_id
        where order_line_id = order_lines.id and shipments.state = 'delivered')
    returning id
    """
)
EXPECT_NO_MORE = text(
    """
    update shop.order_lines set returning_count = returning_count - back.pieces
    from unnest(cast(:line_ids as bigint[]), cast(:quantities as int[])) as back (line_id, pieces)
    where id = line_id and order_id = :order_id
    """
)
ACCEPT = text(
    """
    update shop.order_lines set returning_count = returning_count - :expected,
        returned_count = returned_count + :accepted, refunded_minor = refunded_minor + :amount
    where id = :id
    """
)
REPLACE = text(
    """
    insert into shop.replacements (cart_id, replaces_order_id, credit_minor)
    values (:cart_id, :order_id, :credit)
    """
)
MOVE_BACK = text(
    "update shop.replacements set undone_minor = undone_minor + :credit where cart_id = :cart_id"
)
RELEASE_HOLD = text(
    """
    update shop.replacements set is_held = false where cart_id = :cart_id and is_held
    returning cart_id
    """
)
NUMBER_OF_CART = text("select number from shop.orders where cart_id = :cart_id")

LAST_ADDRESS = text(
    "select delivery_address from shop.orders where customer_id = :customer_id "
    "order by placed_at desc limit 1"
)
# What is stored, where it is not what the rows add up to.
DIFFERENCES = text(
    """
    select number, 'paid', total_minor, (gift_card_minor + paid)::bigint as found
    from shop.orders
    cross join lateral (
        select coalesce((
                select sum(amount_minor) from shop.payments where order_id = orders.id), 0)
            + coalesce((
                select credit_minor from shop.replacements where cart_id = orders.cart_id), 0)
            as paid) as taken
    where total_minor <> gift_card_minor + paid
    union all
    select number, 'gift_card', gift_card_minor, used::bigint from shop.orders
    cross join lateral (
        select coalesce(sum(amount_minor), 0) as used from shop.gift_card_holds
        where gift_card_holds.cart_id = orders.cart_id and gift_card_holds.state = 'used') as cards
    where gift_card_minor <> used
    union all
    select number, 'refunded', (gift_card_minor + captured)::bigint, back::bigint from shop.orders
    cross join lateral (
        select coalesce((
                select sum(amount_minor) from shop.payments
                where order_id = orders.id and state = 'captured'), 0)
            + coalesce((
                select credit_minor - undone_minor from shop.replacements
                where cart_id = orders.cart_id), 0) as captured) as paid
    cross join lateral (
        select coalesce((
                select sum(amount_minor) from shop.refunds
                where order_id = orders.id and state <> 'failed'), 0)
            + coalesce((
                select sum(credit_minor - undone_minor) from shop.replacements
                where replaces_order_id = orders.id), 0) as back) as given_back
    where back > gift_card_minor + captured
    union all
    select number, 'payment_refunded', payments.refunded_minor, back::bigint
    from shop.payments join shop.orders on orders.id = payments.order_id
    cross join lateral (
        select coalesce(sum(amount_minor), 0) as back
        from shop.refunds where payment_id = payments.id and refunds.state <> 'failed') as given_back
    where payments.refunded_minor <> back
    union all
    select number, 'gift_card_refunded', used::bigint, back::bigint from shop.orders
    join (
        select cart_id, gift_card_id, sum(amount_minor) as used
        from shop.gift_card_holds where state = 'used' group by cart_id, gift_card_id
    ) as paid on paid.cart_id = orders.cart_id
    cross join lateral (
        select coalesce(sum(delta_minor), 0) as back from shop.gift_card_entries
        where gift_card_entries.gift_card_id = paid.gift_card_id
            and kind = 'refund' and reference = orders.number) as given_back
    where back > used
    order by 1, 2
    """
)
