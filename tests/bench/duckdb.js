// duckdb.js load FILE LINES: a table of DuckDB's own from the till lines.
// duckdb.js ask FILE SQL REPEAT: the rows of a query as CSV, and on standard error the microseconds of
// each run and the kilobytes that DuckDB took at most (what node itself takes is not counted).
const { DuckDBInstance } = require('@duckdb/node-api');
const fs = require('fs');
const own = process.memoryUsage().rss / 1024;

const tables = lines => `
CREATE TABLE line AS FROM read_csv('${lines}', header = true, all_varchar = true);
CREATE TABLE code AS
SELECT row_number() OVER (ORDER BY store)::INTEGER AS code, store AS text
FROM (SELECT DISTINCT store FROM line);
CREATE TABLE purchase AS
SELECT c.code AS store, l.receipt, l.line::INTEGER AS line,
    l.date::DATE - DATE '1970-01-01' AS day, 0::TINYINT AS kind,
    (l.amount::DECIMAL(18, 2) * 100)::BIGINT AS amount, 0::BIGINT AS returned,
    TRY_CAST(substr(l.member, 2) AS INTEGER) AS member
FROM line AS l JOIN code AS c ON c.text = l.store;
DROP TABLE line;
CREATE TABLE month_of AS
SELECT DISTINCT day, strftime(DATE '1970-01-01' + day::INTEGER, '%Y-%m') AS month FROM purchase;
CHECKPOINT;`;

async function main([verb, file, argument, repeat]) {
    const instance = await DuckDBInstance.create(file);
    const connection = await instance.connect();
    if (verb === 'load') {
        for (const statement of tables(argument).split(';'))
            if (statement.trim()) await connection.run(statement);
        return;
    }
    const sql = fs.readFileSync(argument, 'utf8');
    let rows;
    await connection.run('SET integer_division = true');
    for (let i = 0; i < Number(repeat); i++) {
        const begin = process.hrtime.bigint();
        rows = (await connection.runAndReadAll(sql)).getRows();
        process.stderr.write(`${(process.hrtime.bigint() - begin) / 1000n}\n`);
    }
    process.stderr.write(`memory ${Math.round(process.resourceUsage().maxRSS - own)}\n`);
    process.stdout.write(rows.map(row => row.map(String).join(',') + '\n').join(''));
}

main(process.argv.slice(2)).catch(error => {
    process.stderr.write(`${error}\n`);
    process.exit(1);
});
