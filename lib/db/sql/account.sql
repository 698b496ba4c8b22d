-- name: account_get
-- The accounts of the members c1.
SELECT vip_scan(a.member, a.status, a.enrolled, a.balance, a.entries, a.spent, a.first_purchase,
    a.last_purchase, a.next_expiry)
FROM vip_bulk AS b CROSS JOIN account AS a ON a.member = b.c1;

-- name: account_insert
INSERT INTO account (member, status, enrolled) VALUES (?1, ?2, ?3);

-- name: account_update
UPDATE account SET balance = ?2, entries = ?3, spent = ?4, first_purchase = ?5, last_purchase = ?6
WHERE member = ?1;

-- name: account_bulk
-- Those of many members. No row is ever new here: status and enrolled only satisfy the table.
INSERT INTO account (member, status, enrolled, balance, entries, spent, first_purchase, last_purchase)
SELECT c1, 0, 0, c2, c3, c4, c5, c6 FROM vip_bulk WHERE true
ON CONFLICT (member) DO UPDATE SET balance = excluded.balance, entries = excluded.entries,
    spent = excluded.spent, first_purchase = excluded.first_purchase,
    last_purchase = excluded.last_purchase;

-- name: bought_insert
INSERT INTO bought (day, member) VALUES (?1, ?2) ON CONFLICT (day, member) DO NOTHING;

-- name: bought_bulk
INSERT INTO bought (day, member) SELECT c1, c2 FROM vip_bulk WHERE true
ON CONFLICT (day, member) DO NOTHING;

-- name: account_touch_bulk
INSERT INTO touched (member) SELECT c1 FROM vip_bulk WHERE true ON CONFLICT (member) DO NOTHING;

-- name: account_touch
INSERT INTO touched (member) VALUES (?1) ON CONFLICT (member) DO NOTHING;

-- name: account_set_expiry
UPDATE account SET next_expiry = ?2 WHERE member = ?1;

-- name: account_set_enrolled
UPDATE account SET enrolled = ?2 WHERE member = ?1;

-- name: account_set_status
UPDATE account SET status = ?2 WHERE member = ?1;

-- name: ledger_insert
INSERT INTO ledger (member, entry, kind, day, points, amount, spend_day, available, expires, store,
    ref, line, category, brand, batch)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15);

-- name: ledger_bulk
INSERT OR FAIL INTO ledger (member, entry, kind, day, points, amount, spend_day, available, expires, store,
    ref, line, category, brand, batch)
SELECT c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15 FROM vip_bulk;

-- name: lot_credits
-- The entries of the members c1, among them their credits and the ends that were posted. Each
-- member's are one range of the key, and are met in its order: that of lot_taken.
SELECT vip_scan(l.member, l.entry, l.kind, l.points, l.day, l.spend_day, l.available, l.expires)
FROM vip_bulk AS b CROSS JOIN ledger AS l ON l.member = b.c1;

-- name: lot_credit
-- One credit, and what was used of it, unless it has ended since that day.
SELECT l.expires, l.points - coalesce(
    (SELECT sum(u.points) FROM lot_use AS u WHERE u.member = ?1 AND u.lot = ?2), 0)
FROM ledger AS l
WHERE l.member = ?1 AND l.entry = ?2 AND l.points > 0 AND l.kind NOT IN (4, 5)
    AND NOT EXISTS (SELECT 1 FROM lot_use AS u
        JOIN ledger AS e ON e.member = u.member AND e.entry = u.entry
        WHERE u.member = ?1 AND u.lot = ?2 AND e.kind = 5 AND e.day > ?3);

-- name: lot_ends
-- What is gone of lots by ends after a day, less what was taken back of them.
SELECT u.lot, e.day, e.ref, sum(u.points)
FROM lot_use AS u JOIN ledger AS e ON e.member = u.member AND e.entry = u.entry
WHERE u.member = ?1 AND e.kind = 5 AND e.day > ?2
GROUP BY u.lot, e.day, e.ref HAVING sum(u.points) > 0
ORDER BY e.day, e.ref, u.lot;

-- name: lot_taken
-- What was used of the credits of the members c1.
SELECT vip_scan(u.member, u.lot, u.points)
FROM vip_bulk AS b CROSS JOIN lot_use AS u ON u.member = b.c1;

-- name: lot_use_insert
INSERT INTO lot_use (member, lot, entry, points) VALUES (?1, ?2, ?3, ?4);

-- name: lot_use_bulk
INSERT OR FAIL INTO lot_use (member, lot, entry, points) SELECT c1, c2, c3, c4 FROM vip_bulk;

-- name: lot_uses_of
SELECT lot, points FROM lot_use WHERE member = ?1 AND entry = ?2 AND lot <> ?2;

-- name: lot_put_backs
-- What cancellations (4) put back into a lot and no end (5) of the same day took, the newest day first.
SELECT e.day, -sum(u.points)
FROM lot_use AS u JOIN ledger AS e ON e.member = u.member AND e.entry = u.entry
WHERE u.member = ?1 AND u.lot = ?2 AND e.kind IN (4, 5)
GROUP BY e.day HAVING sum(u.points) < 0
ORDER BY e.day DESC;

-- name: lot_later
-- What came into the lots in postings of later days, whatever its own day: by cancellations (4), and
-- as new ones.
SELECT u.lot, -sum(u.points)
FROM lot_use AS u JOIN ledger AS e ON e.member = u.member AND e.entry = u.entry
JOIN batch AS b ON b.batch = e.batch
WHERE u.member = ?1 AND e.kind = 4 AND b.as_of > ?2
GROUP BY u.lot HAVING sum(u.points) < 0
UNION ALL
SELECT l.entry, l.points
FROM ledger AS l JOIN batch AS b ON b.batch = l.batch
WHERE l.member = ?1 AND l.points > 0 AND l.kind NOT IN (4, 5) AND b.as_of > ?2;

-- name: opening_find
-- A balance that was brought from another system, by its key.
SELECT points, amount, day FROM ledger WHERE member = ?1 AND kind = 8 AND ref = ?2 LIMIT 1;
