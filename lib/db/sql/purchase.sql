-- name: purchase_scan
-- The lines of one store from a key on, in the order of the key: see known.c.
SELECT receipt, line, day, kind, amount, quantity, member, points, category, brand, promo, seller,
    pay, benefit, list_price, minute, original, returned, returned_points
FROM purchase
WHERE store = ?1 AND (receipt, line) >= (?2, ?3)
ORDER BY receipt, line;

-- name: purchase_bulk
INSERT OR FAIL INTO purchase (store, receipt, line, day, kind, amount, quantity, member, entry, points,
    reason, returned, returned_points, category, brand, promo, seller, pay, benefit, list_price,
    minute, original, batch, source_line)
SELECT c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18, c19, c20,
    c21, c22, c23, c24
FROM vip_bulk;

-- name: purchase_of_receipt
SELECT line, day, amount, member, entry, points, reason, returned, returned_points, category, brand
FROM purchase
WHERE store = ?1 AND receipt = ?2 AND kind = 0
ORDER BY line;

-- name: purchase_set_returned
UPDATE purchase SET returned = ?4, returned_points = ?5
WHERE store = ?1 AND receipt = ?2 AND line = ?3;

-- name: purchase_claim
UPDATE purchase SET member = ?4, entry = ?5, points = ?6, reason = ?7, returned_points = ?8
WHERE store = ?1 AND receipt = ?2 AND line = ?3;

-- name: purchase_first
-- The receipt of a member's first purchase.
SELECT store, ref FROM ledger WHERE member = ?1 AND kind = 0 ORDER BY entry LIMIT 1;

-- name: bonus_insert
INSERT INTO bonus (member, rule, ref) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING;

-- name: card_end_of_member
SELECT max(coalesce(expires, 2147483647)) FROM card WHERE member = ?1 AND state = 1;

-- name: member_numbers
SELECT m.member,
    (SELECT c.card FROM card AS c WHERE c.member = m.id AND c.state = 1
     ORDER BY c.virtual, c.issued DESC LIMIT 1)
FROM member AS m WHERE m.id = ?1;
