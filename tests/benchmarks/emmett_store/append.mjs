// What Emmett's PostgreSQL event store takes for commits of one event each, every stream its own.
// node append.mjs CONNECTION_STRING CALLERS COMMITS: prints the seconds from the first to the last.
import { randomBytes, randomUUID } from "node:crypto";
import { getPostgreSQLEventStore } from "@event-driven-io/emmett-postgresql";
import pg from "pg";

const [url, callers, commits] = [process.argv[2], ...process.argv.slice(3).map(Number)];
const pool = new pg.Pool({ connectionString: url, max: callers });
const store = getPostgreSQLEventStore(url, { connectionOptions: { pool } });
await store.schema.migrate();
// Each caller's connection is open before the clock starts, as on our side.
await Promise.all(Array.from({ length: callers }, () => pool.query("select pg_sleep(0.05)")));

const state = randomBytes(400).toString("hex");
const append = () =>
  store.appendToStream(randomUUID(), [{ type: "CounsellorAssigned", data: { state } }]);
const began = performance.now();
await Promise.all(
  Array.from({ length: callers }, async () => {
    for (let number = 0; number < commits / callers; number += 1) await append();
  }),
);
console.log((performance.now() - began) / 1000);
await store.close();
await pool.end();
