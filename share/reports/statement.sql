-- title: Statement of points | 积分明细
-- about: One member's ledger, row by row in the order of days, with the running balance. With --from
--    the first row brings the balance forward from the day before. A credit shows the last day on
--    which it can be used, and what is left of it at the end of the period.
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
-- column: balance points 余额: after this row
-- column: expires date 有效期至: a credit's last good day; empty: never
-- column: left points 剩余积分: of a credit, not yet used at the end of the period
WITH history AS (
    SELECT entry, day, kind, store, ref, line, amount, points, expires,
           sum(points) OVER (ORDER BY day, entry ROWS UNBOUNDED PRECEDING) AS balance
    FROM ledger
    WHERE member = :member AND (:to IS NULL OR day <= :to)
)
SELECT h.day AS "date", h.kind AS "kind", s.text AS store, h.ref AS ref, h.line AS line,
       CASE WHEN h.amount <> 0 THEN h.amount END AS amount, h.points AS points,
       h.balance AS balance, h.expires AS expires,
       CASE WHEN h.points > 0 AND h.kind <> 4 THEN h.points - coalesce(
           (SELECT sum(u.points) FROM lot_use AS u
            JOIN ledger AS d ON d.member = u.member AND d.entry = abs(u.entry)
            WHERE u.member = :member AND u.lot = h.entry AND (:to IS NULL OR d.day <= :to)), 0)
       END AS "left"
FROM (
    SELECT 0 AS place, 0 AS entry, :from AS day, 'brought-forward' AS kind, NULL AS store,
           NULL AS ref, NULL AS line, 0 AS amount, NULL AS points,
           coalesce((SELECT sum(points) FROM ledger
                     WHERE member = :member AND day < :from), 0) AS balance, NULL AS expires
    WHERE :from IS NOT NULL
    UNION ALL
    SELECT 1, entry, day, kind, store, ref, line, amount, points, balance, expires
    FROM history
    WHERE :from IS NULL OR day >= :from
) AS h
LEFT JOIN code AS s ON s.code = h.store
ORDER BY h.day, h.place, h.entry;
