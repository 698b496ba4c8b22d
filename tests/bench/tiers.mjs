// tiers.mjs LEDGER REPEAT TIMES: every member's tier as tiers.sql has it, by DuckDB from a table of its
// own; the microseconds of each run go to the file TIMES, the tiers to standard output.
import { appendFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

const [ledger, repeat, times] = process.argv.slice(2);
const database = await DuckDBInstance.create('tiers.duckdb');
const connection = await database.connect();
await connection.run(`CREATE TABLE ledger AS SELECT * FROM read_csv('${ledger}', header = true)`);
const since = "date_diff('day', DATE '1970-01-01', DATE '2024-12-31')";
let rows;
for (let i = 0; i < Number(repeat); i++) {
    const begin = process.hrtime.bigint();
    await connection.run(`CREATE OR REPLACE TEMP TABLE tiers AS
        WITH receipt AS (
            SELECT member, sum(amount) AS total,
                sum(CASE WHEN spend_day > ${since} THEN amount ELSE 0 END) AS recent
            FROM ledger GROUP BY member, store, ref),
        best AS (
            SELECT member, max(total) AS single, sum(recent) AS period FROM receipt GROUP BY member)
        SELECT member, CASE WHEN single >= 1000000 OR period >= 2000000 THEN 'gold'
                            WHEN single >= 500000 OR period >= 1000000 THEN 'silver'
                            ELSE 'member' END AS tier
        FROM best`);
    const reader = await connection.runAndReadAll(
        'SELECT tier, count(*) FROM tiers GROUP BY tier ORDER BY tier');
    appendFileSync(times, `${(process.hrtime.bigint() - begin) / 1000n}\n`);
    rows = reader.getRowsJson();
}
for (const [tier, count] of rows) console.log(`${tier}|${count}`);
