-- What vip-db info and vip-db audit show.

-- name: info_schema
SELECT user_version FROM pragma_user_version;

-- name: info_programs
SELECT effective, name FROM program_version ORDER BY effective;

-- name: info_accounts
SELECT count(*), count(*) FILTER (WHERE status = 1), coalesce(sum(balance), 0), coalesce(sum(touched), 0)
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
