-- name: expire_accounts
-- Members with a lot that ended before the day.
SELECT a.member, m.member FROM account AS a JOIN member AS m ON m.id = a.member
WHERE a.next_expiry < ?1 ORDER BY a.next_expiry, a.member LIMIT ?2;

-- name: expire_vouchers
SELECT v.voucher, m.member, v.value, v.expires
FROM voucher AS v JOIN member AS m ON m.id = v.member
WHERE v.state = 0 AND v.expires IS NOT NULL AND v.expires < ?1
ORDER BY v.expires, v.voucher LIMIT ?2;

-- name: expire_cards
SELECT c.card, m.member, c.virtual, c.expires
FROM card AS c JOIN member AS m ON m.id = c.member
WHERE c.state = 1 AND c.expires IS NOT NULL AND c.expires < ?1
ORDER BY c.expires, c.card LIMIT ?2;

-- name: expire_rebates
-- Members whose balance would do for a rebate, in the order of their numbers.
SELECT a.member, m.member FROM account AS a JOIN member AS m ON m.id = a.member
WHERE a.member > ?1 AND a.balance >= ?2 AND a.status = 1
ORDER BY a.member LIMIT ?3;
