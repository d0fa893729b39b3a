// drizzle-kit: migrations generated from a schema, then applied.
import { readFileSync } from "node:fs";

export default {
  dialect: "postgresql",
  schema: "./schema.mjs",
  out: "./migrations",
  migrations: { schema: "drizzle" },
  dbCredentials: {
    host: process.env.PGHOST,
    port: Number(process.env.PGPORT),
    user: process.env.PGUSER,
    password: process.env.PGPASSWORD,
    database: process.env.PGDATABASE,
    ssl: { ca: readFileSync(process.env.PGSSLROOTCERT, "utf8") },
  },
};
