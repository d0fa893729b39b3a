// AppKit: starts, asks the workspace who it is, serves its pool.
import { createApp, lakebase } from "@databricks/appkit";

const app = await createApp({ plugins: [lakebase()] });
const { rows } = await app.lakebase.query("SELECT current_user AS who");
console.log(rows[0].who);
process.exit(0);
