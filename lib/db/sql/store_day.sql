-- name: store_day_newest
SELECT max(day) FROM store_day;

-- name: store_day_one
SELECT net, member_net, receipts, member_receipts, buyers FROM store_day
WHERE day = ?1 AND store = ?2;

-- name: store_day_bulk
INSERT INTO store_day (day, store, net, member_net, receipts, member_receipts, buyers)
SELECT c1, c2, c3, c4, c5, c6, c7 FROM vip_bulk WHERE true
ON CONFLICT (day, store) DO UPDATE SET net = excluded.net, member_net = excluded.member_net,
    receipts = excluded.receipts, member_receipts = excluded.member_receipts,
    buyers = excluded.buyers;

-- name: store_day_receipt
-- The days of a receipt's sales, and whether one of them is a member's.
SELECT day, count(member) FROM purchase WHERE store = ?1 AND receipt = ?2 AND kind = 0 GROUP BY day;

-- name: store_day_scan
SELECT day, store, net, member_net, receipts, member_receipts, buyers FROM store_day
WHERE day BETWEEN coalesce(?1, -2147483648) AND coalesce(?2, 2147483647)
    AND (?3 IS NULL OR store = ?3)
ORDER BY day, store;

-- name: store_day_lines
SELECT store, receipt, day, kind, amount, returned, member, reason FROM purchase
ORDER BY store, receipt, line;

-- name: store_day_merged
SELECT member, stays FROM merged WHERE batch = ?1;
