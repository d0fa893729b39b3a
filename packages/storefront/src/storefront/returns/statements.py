"""SQL of the changes of a return (``service``)."""

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

ADD = text(
    """
    with added as (
        insert into shop.returns (number, order_id, cart_id, is_unpaid, language)
        values (:number, :order_id, :cart_id, :is_unpaid, :language) returning id
    )
    insert into shop.return_lines (
        return_id, position, order_line_id, product_id, sku_id, quantity, reason, note, outcome,
        new_sku_id, is_sealed, value_minor, credit_minor, charge_minor)
    select id, position, order_line_id, product_id, sku_id, quantity, reason, note, outcome,
        new_sku_id, is_sealed, value, credit, charge
    from added, jsonb_to_recordset(:lines) as line (
        position int, order_line_id bigint, product_id bigint, sku_id bigint, quantity int,
        reason text, note text, outcome text, new_sku_id bigint, is_sealed boolean, value bigint,
        credit bigint, charge bigint)
    """
).bindparams(bindparam("lines", type_=JSONB))
ORDER_OF = text(
    """
    select orders.number from shop.returns join shop.orders on orders.id = order_id
    where returns.number = :number
    """
)
LOCK = text("select from shop.returns where number = :number for update")
MOVE = text(
    """
    update shop.returns set state = :state, updated_at = now(),
        staff_note = coalesce(:note, staff_note)
    where id = :id
    """
)
PAID = text("update shop.returns set is_unpaid = false, updated_at = now() where id = :id")
SENT = text(
    """
    update shop.returns set carrier = :carrier, tracking_number = :tracking_number where id = :id
    """
)
NO_EXCHANGE = text(
    "update shop.return_lines set credit_minor = 0, charge_minor = 0 where return_id = :id"
)
RECEIVE = text(
    """
    update shop.return_lines set received_count = arrived.pieces
    from unnest(cast(:line_ids as bigint[]), cast(:quantities as int[])) as arrived (line_id, pieces)
    where id = line_id and return_id = :id
    """
)
INSPECT = text(
    """
    update shop.return_lines set accepted_count = :accepted, condition = :condition,
        disposition = :disposition
    where id = :line_id and return_id = :id
    """
)
GIVEN_BACK = text(
    """
    update shop.return_lines set refunded_minor = :refunded, credit_minor = :credit,
        charge_minor = :charge
    where id = :line_id
    """
)
DELIVERY = text("update shop.returns set delivery_minor = :delivery where id = :id")
REPAIRED = text(
    """
    update shop.return_lines set disposition = :disposition
    where id = :line_id and return_id = :id and disposition = 'repair' returning id
    """
)
ERASE = text(
    """
    update shop.return_lines set note = null
    from shop.returns join shop.orders on orders.id = order_id
    where returns.id = return_id and customer_id = :customer_id
    """
)
