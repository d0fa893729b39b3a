// Logs in for each line of JSON, the options of a node-postgres client, and answers in JSON.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(process.cwd() + "/"); // installed in the folder this is run in
const pg = require("pg");
const { parse } = require("pg-connection-string");

for await (const line of createInterface({ input: process.stdin })) {
  // Left to itself, a URL without a password overrules the one given beside it.
  const { connectionString, ...others } = JSON.parse(line);
  const client = new pg.Client({ ...(connectionString && parse(connectionString)), ...others });
  let answer;
  try {
    await client.connect();
    const { rows } = await client.query("SELECT current_user");
    answer = { in: rows[0].current_user };
  } catch (error) {
    const { severity, code, message, detail } = error;
    answer = { severity, code, message, detail };
  }
  await client.end().catch(() => {});
  console.log(JSON.stringify(answer));
}
