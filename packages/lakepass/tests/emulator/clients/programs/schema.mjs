import { integer, pgSchema, text } from "drizzle-orm/pg-core";

export const shop = pgSchema("drizzle_shop");
export const orders = shop.table("orders", { id: integer().primaryKey(), note: text() });
