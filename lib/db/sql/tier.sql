-- Tiers: what a replay needs of a range of members, each statement in the order of members, so that
-- one pass over a whole table and a look at one member are the same statement.

-- name: tier_accounts
SELECT a.member, a.status, a.enrolled,
    EXISTS (SELECT 1 FROM touched AS t WHERE t.member = a.member)
FROM account AS a
WHERE a.member BETWEEN ?1 AND ?2
ORDER BY a.member;

-- name: tier_applications
SELECT id, qualifying, spent, store, category, brand FROM member
WHERE id BETWEEN ?1 AND ?2 AND spent > 0
ORDER BY id;

-- name: tier_entries
-- What a member earned (kinds earn, return, bonus) and what counts towards tiers, with a return's
-- original; in the order of entries, which is that of the key.
SELECT vip_scan(CASE WHEN l.amount <> 0 THEN l.spend_day ELSE l.day END, l.day, l.batch, l.amount,
    CASE WHEN l.kind <= 2 THEN l.points ELSE 0 END, l.store, l.category, l.brand, l.ref,
    CASE WHEN l.kind = 1 THEN (SELECT p.original FROM purchase AS p
                               WHERE p.store = l.store AND p.receipt = l.ref AND p.line = l.line
                                   AND p.kind = 1) END)
FROM ledger AS l
WHERE l.member = ?1 AND (l.amount <> 0 OR (l.kind <= 2 AND l.points <> 0));

-- name: tier_screen_spent
-- What a look at everyone reads of the ledger, in its order: member, day, amount. Who reads says when
-- it is enough: to compare each row with a bound would cost as much as to read it.
SELECT vip_scan(member, spend_day, amount) FROM ledger WHERE member >= ?1;

-- name: tier_screen_points
-- The same for programmes that ask for points, with days as tier_entries has them.
SELECT vip_scan(member, CASE WHEN amount <> 0 THEN spend_day ELSE day END, amount,
    CASE WHEN kind <= 2 THEN points ELSE 0 END)
FROM ledger WHERE member >= ?1;

-- name: tier_screen_accounts
SELECT vip_scan(member, status, enrolled) FROM account WHERE member >= ?1;

-- name: tier_screen_states
SELECT vip_scan(member, ladder, tier, since, expires) FROM tier_state WHERE member >= ?1;

-- name: tier_screen_marked
-- Whose tiers do not hang on his ledger alone, or whose ledger has news.
SELECT member FROM touched WHERE member BETWEEN ?1 AND ?2
UNION SELECT member FROM tier_grant WHERE member BETWEEN ?1 AND ?2
UNION SELECT id FROM member WHERE id BETWEEN ?1 AND ?2 AND spent > 0;

-- name: tier_batch_days
-- The business days on which batches were posted: a run for a past day sees what was there by then.
SELECT batch, as_of FROM batch WHERE batch > ?1;

-- name: tier_states
SELECT member, ladder, tier, since, expires, number, run FROM tier_state
WHERE member BETWEEN ?1 AND ?2
ORDER BY member, ladder;

-- name: tier_grants
SELECT member, tier, day, until, reason, granted_by FROM tier_grant
WHERE member BETWEEN ?1 AND ?2
ORDER BY member, day, tier;

-- name: tier_last_id
SELECT max(member) FROM account;

-- name: tier_touched_ids
SELECT member FROM touched WHERE member > ?1 ORDER BY member LIMIT ?2;

-- name: tier_expired_ids
SELECT member FROM tier_state WHERE expires < ?1;

-- name: tier_change_insert
INSERT INTO tier_change (member, ladder, number, from_tier, to_tier, rule, evidence, effective,
    expires, run, batch)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11);

-- name: tier_state_save
INSERT INTO tier_state (member, ladder, tier, since, expires, number, run)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (member, ladder) DO UPDATE SET tier = excluded.tier, since = excluded.since,
    expires = excluded.expires, number = excluded.number, run = excluded.run;

-- name: tier_untouch
DELETE FROM touched WHERE member = ?1;

-- name: tier_grant_insert
INSERT INTO tier_grant (member, tier, day, until, reason, granted_by, batch)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);

-- name: tier_grant_get
SELECT until, reason, granted_by FROM tier_grant WHERE member = ?1 AND tier = ?2 AND day = ?3;

-- name: tiers_on
SELECT ladder, to_tier, effective, expires FROM tier_change
WHERE member = ?1 AND effective <= ?2
ORDER BY ladder, number;

-- name: tiers_now
SELECT ladder, tier, since, expires FROM tier_state
WHERE member = ?1
ORDER BY ladder;

-- name: tier_version_seen
-- The last version of the programme for which a run has looked at everyone.
SELECT last FROM sequence WHERE name = 'tier:version';

-- name: tier_version_note
INSERT INTO sequence (name, last) VALUES ('tier:version', ?1)
ON CONFLICT (name) DO UPDATE SET last = excluded.last;
