-- name: redemption_get
SELECT member, kind, item, quantity, amount, guests, points, value, day, store, receipt, done_by,
    witness, voucher, entry, state, reason, receiver
FROM redemption WHERE request = ?1;

-- name: redemption_last
SELECT coalesce(max(request), '') FROM redemption;

-- name: redemption_bulk
INSERT OR FAIL INTO redemption (request, member, kind, item, quantity, amount, guests, points, value,
    day, store, receipt, done_by, witness, voucher, entry, state, batch, source_line, reason, receiver)
SELECT c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, 0, c17, c18, c19, c20
FROM vip_bulk;

-- name: redemption_cancel
UPDATE redemption SET state = 1 WHERE request = ?1;

-- name: reward_times
-- How many of a reward a member has had within some days.
SELECT coalesce(sum(quantity), 0) FROM redemption
WHERE member = ?1 AND item = ?2 AND day BETWEEN ?3 AND ?4 AND kind = 'reward' AND state = 0;

-- name: reward_taken
-- How many of a reward anybody has had: the stock is less by so many.
SELECT quantity FROM reward_taken WHERE reward = ?1;

-- name: reward_taken_set
INSERT INTO reward_taken (reward, quantity) VALUES (?1, ?2)
ON CONFLICT (reward) DO UPDATE SET quantity = excluded.quantity;

-- name: rebate_posted
-- What a rebate that was not claimed took with it on that day, and was not taken back.
SELECT sum(points) FROM ledger WHERE member = ?1 AND kind = 5 AND day = ?2 AND ref = ?3;

-- name: benefit_times
-- How often a member has used a benefit within some days. A use is given back when every line that
-- was bought under it on its receipt was returned.
SELECT count(*) FROM redemption AS r
WHERE r.member = ?1 AND r.item = ?2 AND r.day BETWEEN ?3 AND ?4 AND r.kind = 'benefit'
    AND r.state = 0
    AND NOT (
        EXISTS (SELECT 1 FROM purchase AS p JOIN code AS c ON c.code = p.benefit
                WHERE p.store = r.store AND p.receipt = r.receipt AND p.kind = 0
                    AND c.text = r.item AND p.returned > 0)
        AND NOT EXISTS (SELECT 1 FROM purchase AS p JOIN code AS c ON c.code = p.benefit
                WHERE p.store = r.store AND p.receipt = r.receipt AND p.kind = 0
                    AND c.text = r.item AND p.returned < p.amount));

-- name: card_since
SELECT min(issued) FROM card WHERE member = ?1 AND virtual = 0;

-- name: voucher_bulk
INSERT INTO voucher (voucher, member, reward, value, issued, expires, state, request)
SELECT c1, c2, c3, c4, c5, c6, 0, c7 FROM vip_bulk WHERE true
ON CONFLICT (voucher) DO NOTHING;

-- name: voucher_get
SELECT member, reward, value, issued, expires, state, request, used FROM voucher WHERE voucher = ?1;

-- name: voucher_set
UPDATE voucher SET state = ?2, used = ?3 WHERE voucher = ?1;

-- name: voucher_open
-- A member's vouchers that can be used on a day.
SELECT voucher, reward, value, expires FROM voucher
WHERE member = ?1 AND state = 0 AND (expires IS NULL OR expires >= ?2)
ORDER BY expires IS NULL, expires, voucher;

-- name: desk_member
SELECT member FROM member WHERE id = ?1;
