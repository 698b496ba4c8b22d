-- What vip-db check reads. The scans come in the order of the tables, so that they can be walked side
-- by side; the rest names what a scan found to be wrong.

-- name: check_integrity
PRAGMA integrity_check(20);

-- name: check_references
SELECT "table", rowid, parent FROM pragma_foreign_key_check LIMIT 1000;

-- name: check_accounts
SELECT member, balance, entries, spent, first_purchase, last_purchase, next_expiry, status,
    (SELECT b.day FROM bought AS b WHERE b.day = account.last_purchase AND b.member = account.member)
FROM account ORDER BY member;

-- name: check_ledger
SELECT member, entry, kind, day, points, amount, spend_day, available, expires, store, ref, line,
    category, brand, batch
FROM ledger ORDER BY member, entry;

-- name: check_lot_uses
SELECT member, lot, entry, points FROM lot_use ORDER BY member, lot, entry;

-- name: check_stored_accounts
SELECT member, principal, bonus, entries FROM stored_account ORDER BY member;

-- name: check_stored_ledger
SELECT member, entry, kind, day, principal, bonus, undoes, store, receipt, request, batch
FROM stored_ledger ORDER BY member, entry;

-- name: check_stored_undone
-- Spendings of which more was given back than they took, and what gives back something else.
SELECT m.member, u.undoes
FROM stored_ledger AS u
LEFT JOIN member AS m ON m.id = u.member
LEFT JOIN stored_ledger AS s ON s.member = u.member AND s.entry = u.undoes AND s.kind = 2
WHERE u.undoes IS NOT NULL OR u.kind IN (3, 4)
GROUP BY u.member, u.undoes, m.member, s.entry, s.principal, s.bonus
HAVING s.entry IS NULL OR s.principal + sum(u.principal) > 0 OR s.bonus + sum(u.bonus) > 0
    OR min(u.principal) < 0 OR min(u.bonus) < 0
LIMIT 1000;

-- name: check_moved
-- Requests that moved points or stored value, and not what their entries say.
SELECT r.request, m.member
FROM redemption AS r
LEFT JOIN member AS m ON m.id = r.member
WHERE (r.kind IN ('adjust', 'transfer')
        AND r.points IS DISTINCT FROM (SELECT l.points FROM ledger AS l
            WHERE l.member = r.member AND l.entry = r.entry AND l.ref = r.request))
    OR (r.kind = 'transfer'
        AND -r.points IS DISTINCT FROM (SELECT sum(l.points) FROM ledger AS l
            WHERE l.member = r.receiver AND l.kind = 7 AND l.points > 0 AND l.ref = r.request))
    OR (r.kind = 'stored'
        AND -r.value IS DISTINCT FROM (SELECT sum(s.principal + s.bonus) FROM stored_ledger AS s
            WHERE s.member = r.member AND s.request = r.request))
    OR (r.kind = 'topup'
        AND r.value IS DISTINCT FROM (SELECT sum(s.principal) FROM stored_ledger AS s
            WHERE s.member = r.member AND s.request = r.request))
LIMIT 1000;

-- name: check_batches
SELECT batch, entries, sum, hash FROM batch ORDER BY batch;

-- name: check_member
SELECT member FROM member WHERE id = ?1;

-- name: check_batch
SELECT at, command, coalesce(file, '') FROM batch WHERE batch = ?1;

-- name: check_events
SELECT event, batch, coalesce(member, 0), what, detail FROM event ORDER BY event;

-- name: check_purchases
SELECT store, receipt, line, kind, amount, member, entry, points, reason, returned, returned_points,
    original, batch, source_line
FROM purchase;

-- name: check_original
-- Was the receipt there when the return was posted?
SELECT 1 FROM purchase
WHERE store = ?1 AND receipt = ?2 AND kind = 0 AND (batch, source_line) < (?3, ?4)
LIMIT 1;

-- name: check_claim
-- Points of a claimed line that had come back before the claim, negative.
SELECT coalesce(sum(points), 0) FROM ledger
WHERE member = ?1 AND kind = 1 AND store = ?2 AND ref = ?3 AND line = ?4;

-- name: check_sale_entry
-- Sales whose ledger entry is not what they say. Reasons 1 and 7 count for nothing.
SELECT coalesce(c.text, ''), p.receipt, p.line, p.entry
FROM purchase AS p
LEFT JOIN ledger AS l ON l.member = p.member AND l.entry = p.entry
LEFT JOIN code AS c ON c.code = p.store
WHERE p.kind = 0 AND p.entry IS NOT NULL
    AND (l.entry IS NULL OR l.kind <> 0 OR l.store IS DISTINCT FROM p.store
        OR l.ref IS DISTINCT FROM p.receipt OR coalesce(l.line, 0) <> p.line
        OR l.points <> p.points
        OR l.amount <> CASE WHEN p.reason IN (1, 7) THEN 0 ELSE p.amount END)
LIMIT 1000;

-- name: check_entry_sale
-- Entries of sales that no sale calls its own.
SELECT m.member, l.entry, coalesce(l.ref, ''), coalesce(l.line, 0)
FROM ledger AS l
LEFT JOIN member AS m ON m.id = l.member
LEFT JOIN purchase AS p ON p.store = l.store AND p.receipt = l.ref AND p.line = l.line
WHERE l.kind = 0 AND NOT EXISTS (SELECT 1 FROM merged AS g WHERE g.member = l.member)
    AND (p.line IS NULL OR p.member IS DISTINCT FROM l.member OR p.entry IS DISTINCT FROM l.entry)
LIMIT 1000;

-- name: check_return_entry
-- Returns that took other points back than their ledger entries.
SELECT coalesce(c.text, ''), p.receipt, p.line, p.points, coalesce(sum(l.points), 0)
FROM purchase AS p
LEFT JOIN ledger AS l ON l.member = p.member AND l.kind = 1 AND l.store = p.store
    AND l.ref = p.receipt AND l.line = p.line
LEFT JOIN code AS c ON c.code = p.store
WHERE p.kind = 1
GROUP BY p.store, p.receipt, p.line, c.text, p.points
HAVING coalesce(sum(l.points), 0) <> p.points
LIMIT 1000;

-- name: check_entry_return
-- Entries that take back, for a receipt that is not there.
SELECT m.member, l.entry, coalesce(l.ref, ''), coalesce(l.line, 0)
FROM ledger AS l
LEFT JOIN member AS m ON m.id = l.member
LEFT JOIN purchase AS p ON p.store = l.store AND p.receipt = l.ref AND p.line = l.line
WHERE l.kind = 1 AND NOT EXISTS (SELECT 1 FROM merged AS g WHERE g.member = l.member)
    AND (p.line IS NULL OR p.member IS DISTINCT FROM l.member)
LIMIT 1000;

-- name: check_code
SELECT text FROM code WHERE code = ?1;

-- name: check_tier_state
SELECT m.member, s.tier, s.number, c.to_tier, c.number
FROM tier_state AS s
LEFT JOIN member AS m ON m.id = s.member
LEFT JOIN tier_change AS c ON c.member = s.member AND c.ladder = s.ladder
    AND c.number = (SELECT max(l.number) FROM tier_change AS l
                    WHERE l.member = s.member AND l.ladder = s.ladder)
WHERE c.number IS DISTINCT FROM s.number OR c.to_tier IS DISTINCT FROM s.tier
    OR c.expires IS DISTINCT FROM s.expires OR c.run IS DISTINCT FROM s.run
LIMIT 1000;

-- name: check_tier_change
SELECT m.member, c.number, c.from_tier, coalesce(p.to_tier, '')
FROM tier_change AS c
LEFT JOIN member AS m ON m.id = c.member
LEFT JOIN tier_change AS p ON p.member = c.member AND p.ladder = c.ladder
    AND p.number = c.number - 1
LEFT JOIN tier_state AS s ON s.member = c.member AND s.ladder = c.ladder
WHERE s.member IS NULL OR (c.number > 1 AND p.number IS NULL) OR c.number < 1
    OR coalesce(p.to_tier, '') <> c.from_tier
LIMIT 1000;

-- name: check_tier_count
SELECT count(*) FROM tier_state;

-- name: check_bonuses
SELECT member, count(*) FROM bonus WHERE ref = '' GROUP BY member ORDER BY member;

-- name: check_merged
SELECT count(*) FROM merged WHERE stays = ?1;

-- name: check_requests
-- In the order of vip_request_sum.
SELECT request, member, kind, item, quantity, amount, guests, points, value, day, store, receipt,
    done_by, witness, voucher, entry, batch, source_line, reason, receiver
FROM redemption;

-- name: check_request_entry
-- Requests whose ledger entry is not what they say. Kinds 3 and 4 redeem and put back; what cancels a
-- spending of stored value has an entry there.
SELECT 'request ''' || r.request || ''' of member ' || coalesce(m.member, '?') || ': '
    || r.points || ' points, its ledger entry '
    || CASE WHEN l.entry IS NULL THEN 'is not there' ELSE 'says ' || l.points END
FROM redemption AS r
LEFT JOIN member AS m ON m.id = r.member
LEFT JOIN ledger AS l ON l.member = r.member AND l.entry = r.entry
WHERE r.kind IN ('reward', 'voucher', 'benefit', 'cancel')
    AND (r.kind <> 'cancel' OR r.points <> 0)
    AND ((r.entry IS NULL AND r.points <> 0)
        OR (r.entry IS NOT NULL AND (l.entry IS NULL OR l.points <> r.points OR l.day <> r.day
            OR l.kind NOT IN (3, 4) OR l.ref IS DISTINCT FROM r.request)))
LIMIT 1000;

-- name: check_entry_request
SELECT 'member ' || coalesce(m.member, '?') || ': ledger entry ' || l.entry
    || ' is of a request ''' || coalesce(l.ref, '') || ''' that does not call it its own'
FROM ledger AS l
LEFT JOIN member AS m ON m.id = l.member
LEFT JOIN redemption AS r ON r.request = l.ref
WHERE l.kind IN (3, 4) AND NOT EXISTS (SELECT 1 FROM merged AS g WHERE g.member = l.member)
    AND (r.request IS NULL OR r.member IS DISTINCT FROM l.member
        OR r.entry IS DISTINCT FROM l.entry)
LIMIT 1000;

-- name: check_cancelled
-- A request is cancelled when, and only when, one other says so.
SELECT 'request ''' || r.request || ''' is '
    || CASE WHEN r.state = 1 THEN 'cancelled, but no request did it'
            ELSE 'not cancelled, although ' || c.times || ' requests say so' END
FROM redemption AS r
LEFT JOIN (SELECT item, count(*) AS times FROM redemption WHERE kind = 'cancel' GROUP BY item)
    AS c ON c.item = r.request
WHERE coalesce(c.times, 0) <> r.state
LIMIT 1000;

-- name: check_taken
-- What was handed out of each reward, as it is noted and as the requests have it.
WITH handed AS (
    SELECT item, sum(quantity) AS quantity FROM redemption
    WHERE kind = 'reward' AND state = 0 GROUP BY item)
SELECT 'reward ''' || t.reward || ''': ' || t.quantity || ' are noted as handed out, '
    || coalesce(h.quantity, 0) || ' by the requests'
FROM reward_taken AS t LEFT JOIN handed AS h ON h.item = t.reward
WHERE t.quantity <> coalesce(h.quantity, 0)
UNION ALL
SELECT 'reward ''' || h.item || ''': 0 are noted as handed out, ' || h.quantity
    || ' by the requests'
FROM handed AS h WHERE h.item NOT IN (SELECT reward FROM reward_taken)
LIMIT 1000;

-- name: check_voucher
-- Vouchers that are not what the request that issued them, or one that used them, says. Who was
-- forgotten has no open ones.
SELECT 'voucher ' || v.voucher || ' is '
    || CASE v.state WHEN 0 THEN 'open' WHEN 1 THEN 'used' WHEN 2 THEN 'expired' ELSE 'void' END
    || CASE WHEN r.request IS NULL THEN ', but no request issued it'
            WHEN v.state = 1 AND u.request IS NULL THEN ', but no request used it'
            WHEN v.state <> 1 AND u.request IS NOT NULL THEN ', but a request used it'
            WHEN r.state = 1 THEN ', but its request was cancelled'
            ELSE ', but its request was not cancelled' END
FROM voucher AS v
LEFT JOIN redemption AS r ON r.request = v.request AND r.kind = 'reward' AND r.member = v.member
    AND r.voucher LIKE '%' || v.voucher || '%'
LEFT JOIN redemption AS u ON u.request = v.used AND u.kind = 'voucher' AND u.item = v.voucher
    AND u.state = 0
LEFT JOIN account AS a ON a.member = v.member
WHERE r.request IS NULL OR (v.state = 1) <> (u.request IS NOT NULL)
    OR (v.state = 3 AND r.state = 0 AND a.status IS DISTINCT FROM 4)
    OR (v.state <> 3 AND r.state = 1)
LIMIT 1000;

-- name: check_voucher_count
SELECT 'request ''' || r.request || ''' issued ' || r.voucher || ', of which '
    || coalesce(v.number, 0) || ' are there'
FROM redemption AS r
LEFT JOIN (SELECT request, count(*) AS number FROM voucher GROUP BY request)
    AS v ON v.request = r.request
WHERE r.kind = 'reward' AND r.voucher IS NOT NULL
    AND coalesce(v.number, 0)
        <> 1 + length(r.voucher) - length(replace(r.voucher, '|', ''))
LIMIT 1000;

-- name: check_voucher_use
SELECT 'request ''' || r.request || ''' used the voucher ' || r.item || ', which does not say so'
FROM redemption AS r LEFT JOIN voucher AS v ON v.voucher = r.item
WHERE r.kind = 'voucher' AND r.state = 0
    AND (v.voucher IS NULL OR v.state <> 1 OR v.used IS DISTINCT FROM r.request)
LIMIT 1000;
