-- What vip-db info and vip-db audit show.

-- name: info_schema
SELECT user_version FROM pragma_user_version;

-- name: info_file
-- Its size with what is still in the log beside it.
SELECT page_count * page_size, user_version
FROM pragma_page_count, pragma_page_size, pragma_user_version;

-- name: info_programs
SELECT effective, name FROM program_version ORDER BY effective;

-- name: info_accounts
SELECT count(*), count(*) FILTER (WHERE status = 1), coalesce(sum(balance), 0), (SELECT count(*) FROM touched)
FROM account;

-- name: info_cards
SELECT count(*) FROM card;

-- name: info_purchases
SELECT count(*), count(member), min(day), max(day) FROM purchase;

-- name: info_ledger
SELECT count(*) FROM ledger;

-- name: info_batch
SELECT batch, at, as_of, login, command, file FROM batch ORDER BY batch DESC LIMIT 1;

-- name: audit
-- Batches from one moment (UTC) up to another, with what happened in each.
SELECT b.batch, b.at, b.as_of, b.login, b.command, b.file, b.entries, e.what, m.member, e.detail
FROM batch AS b
LEFT JOIN event AS e ON e.batch = b.batch
LEFT JOIN member AS m ON m.id = e.member
WHERE (?1 IS NULL OR b.at >= ?1) AND (?2 IS NULL OR b.at < ?2)
ORDER BY b.batch, e.event;

-- name: audit_member
-- The points of one member, entry by entry: who wrote each, when, from which line of which file. An
-- entry that came with a merged record is told by the batch that first wrote it. A claim gives its
-- file; the line that the receipt had in the till's says nothing about it.
SELECT e.entry, e.day, e.kind, e.points, e.store, e.ref, e.line, b.batch, b.at, b.as_of, b.login,
    b.command, b.file, coalesce(p.source_line, r.source_line), r.done_by, r.witness
FROM (SELECT l.entry, l.day, l.kind, l.points, l.store AS code, c.text AS store, l.ref, l.line,
            coalesce((SELECT o.batch FROM merged AS g
                      JOIN ledger AS o ON o.member = g.member AND o.entry = l.entry - g.before
                      WHERE g.stays = l.member AND g.batch = l.batch), l.batch) AS batch
        FROM ledger AS l LEFT JOIN code AS c ON c.code = l.store
        WHERE l.member = ?1) AS e
JOIN batch AS b ON b.batch = e.batch
LEFT JOIN purchase AS p ON p.store = e.code AND p.receipt = e.ref AND p.line = e.line
    AND p.batch = e.batch
LEFT JOIN redemption AS r ON r.request = e.ref AND r.batch = e.batch
WHERE (?2 IS NULL OR b.at >= ?2) AND (?3 IS NULL OR b.at < ?3)
ORDER BY e.entry;
