// Logs in for each line of JSON, the options of a client of the package that is named as argument,
// and answers in JSON.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { inspect } from "node:util";

const require = createRequire(process.cwd() + "/"); // installed in the folder this is run in

const clients = {
  async pg({ connectionString, ...others }) {
    // Left to itself, a URL without a password overrules the one given beside it.
    const { parse } = require("pg-connection-string");
    const { Client } = require("pg");
    const client = new Client({ ...(connectionString && parse(connectionString)), ...others });
    try {
      await client.connect();
      const { rows } = await client.query("SELECT current_user");
      return rows[0].current_user;
    } finally {
      await client.end().catch(() => {});
    }
  },
  async postgres(options) {
    const sql = require("postgres")({ ...options, max: 1 });
    try {
      const [row] = await sql`SELECT current_user`;
      return row.current_user;
    } finally {
      await sql.end();
    }
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  try {
    console.log(JSON.stringify({ in: await clients[process.argv[2]](JSON.parse(line)) }));
  } catch (error) {
    const { severity, code, message, detail } = error;
    console.log(JSON.stringify({ severity, code, message, detail, printed: inspect(error) }));
  }
}
