-- The peer of vip-accrue: the same postings by a careful sqlite3 script, for programme `basic`.
-- Staging by .import, set-based, one transaction, the tables and keys of share/schema; no index of
-- the staging table is needed, since every join goes from it into a key. What ours keeps of stores and
-- days for reports (store_day) it does not keep.
PRAGMA synchronous = FULL;
PRAGMA cache_size = -262144;
PRAGMA temp_store = MEMORY;
CREATE TEMP TABLE stage (store TEXT, receipt TEXT, line INTEGER, date TEXT, amount TEXT,
    quantity TEXT, category TEXT, brand TEXT, member TEXT);
.mode csv
.import --skip 1 lines.csv stage
BEGIN IMMEDIATE;
-- The same key with another content would be a conflict: stop.
CREATE TEMP TABLE conflict (n INTEGER CHECK (n = 0));
CREATE TEMP TABLE fresh AS
SELECT s.rowid AS n, s.store, s.receipt, s.line, unixepoch(s.date) / 86400 AS day,
    CAST(round(s.amount * 100) AS INTEGER) AS amount, s.quantity * 100 AS quantity,
    s.category, s.brand, m.id AS member
FROM stage AS s LEFT JOIN member AS m ON m.member = s.member AND s.member <> ''
LEFT JOIN code AS c ON c.text = s.store
LEFT JOIN purchase AS p ON p.store = c.code AND p.receipt = s.receipt AND p.line = s.line
WHERE p.store IS NULL;
INSERT INTO conflict
SELECT count(*)
FROM stage AS s JOIN code AS c ON c.text = s.store
JOIN purchase AS p ON p.store = c.code AND p.receipt = s.receipt AND p.line = s.line
WHERE p.day <> unixepoch(s.date) / 86400 OR p.amount <> CAST(round(s.amount * 100) AS INTEGER)
    OR p.quantity <> s.quantity * 100
    OR p.member IS NOT (SELECT id FROM member WHERE member = s.member);
INSERT INTO batch (at, as_of, login, command, file, entries, sum, hash)
SELECT strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), 20454, 'peer', 'sqlite3', 'lines.csv', 0, x'', x'00'
WHERE EXISTS (SELECT 1 FROM fresh);
INSERT INTO code (text) SELECT DISTINCT store FROM fresh WHERE true ON CONFLICT DO NOTHING;
INSERT INTO code (text) SELECT DISTINCT category FROM fresh WHERE true ON CONFLICT DO NOTHING;
INSERT INTO code (text) SELECT DISTINCT brand FROM fresh WHERE true ON CONFLICT DO NOTHING;
CREATE TEMP TABLE posted AS
SELECT f.n, s.code AS store, f.receipt, f.line, f.day, f.amount, f.quantity, f.member,
    CASE WHEN f.member IS NULL THEN NULL ELSE
        a.entries + row_number() OVER (PARTITION BY f.member ORDER BY f.n) END AS entry,
    CASE WHEN f.member IS NULL THEN 0 ELSE f.amount / 100 END AS points,
    c.code AS category, b.code AS brand
FROM fresh AS f
JOIN code AS s ON s.text = f.store
LEFT JOIN code AS c ON c.text = f.category
LEFT JOIN code AS b ON b.text = f.brand
LEFT JOIN account AS a ON a.member = f.member;
INSERT INTO ledger (member, entry, kind, day, points, amount, spend_day, available, expires, store,
    ref, line, category, brand, batch)
SELECT member, entry, 0, day, points, amount, day, NULL, NULL, store, receipt, line, category, brand,
    (SELECT max(batch) FROM batch)
FROM posted WHERE member IS NOT NULL
ORDER BY member, entry;
INSERT INTO purchase (store, receipt, line, day, kind, amount, quantity, member, entry, points,
    reason, returned, returned_points, category, brand, batch, source_line)
SELECT store, receipt, line, day, 0, amount, quantity, member, entry, points, 0, 0, 0, category,
    brand, (SELECT max(batch) FROM batch), n + 1
FROM posted
ORDER BY store, receipt, line;
UPDATE account SET balance = balance + t.points, entries = t.entries, spent = spent + t.amount,
    first_purchase = min(coalesce(first_purchase, t.first), t.first),
    last_purchase = max(coalesce(last_purchase, t.last), t.last)
FROM (SELECT member, sum(points) AS points, max(entry) AS entries, sum(amount) AS amount,
          min(day) AS first, max(day) AS last
      FROM posted WHERE member IS NOT NULL GROUP BY +member) AS t
WHERE account.member = t.member;
INSERT OR IGNORE INTO touched (member) SELECT DISTINCT member FROM posted
WHERE member IS NOT NULL ORDER BY member;
COMMIT;
