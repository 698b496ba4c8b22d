-- title: Statement of points | 积分明细
-- about: One member's ledger, row by row in the order of days, with the running balance. With --from
--    the first row brings the balance forward from the day before. A credit shows the last day on
--    which it can be used, and what is left of it at the end of the period.
-- source: the ledger of points
-- period: all
-- needs: member
-- column: date date 日期: the business day
-- column: kind entry 类型: earn, return, bonus, redeem, cancel (of a redemption), expire, adjust,
--    transfer, opening (brought from another system) or brought-forward
-- column: store text 店铺: where it happened
-- column: ref text 单据: the receipt, or the request
-- column: line count 行号: of the receipt
-- column: amount yuan 消费金额: what counts towards tiers
-- column: points points 积分: given or taken
-- column: balance running 余额: after this row
-- column: expires date 有效期至: a credit's last good day; empty: never
-- column: left points 剩余积分: of a credit, not yet used at the end of the period
-- column: place hidden
SELECT l.day AS "date", l.kind AS kind, s.text AS store, l.ref AS ref, l.line AS line,
       nullif(l.amount, 0) AS amount, l.points AS points, l.points AS balance,
       l.expires AS expires,
       CASE WHEN l.points > 0 AND l.kind NOT IN (4, 5) THEN l.points - coalesce(
           (SELECT sum(u.points) FROM lot_use AS u
            JOIN ledger AS d ON d.member = u.member AND d.entry = abs(u.entry)
            WHERE u.member = l.member AND u.lot = l.entry AND d.day <= :to), 0)
       END AS "left",
       l.entry AS place
FROM ledger AS l LEFT JOIN code AS s ON s.code = l.store
WHERE l.member = :member AND l.day <= :to AND (:from IS NULL OR l.day >= :from)
UNION ALL
SELECT :from, 'brought-forward', NULL, NULL, NULL, NULL, NULL, coalesce(sum(points), 0),
       NULL, NULL, 0
FROM ledger
WHERE member = :member AND day < :from
HAVING :from IS NOT NULL
ORDER BY "date", place;
