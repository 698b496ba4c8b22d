-- title: Liability of points | 积分负债
-- about: Points outstanding at the end of the period, how it came to that, and when they run out; in
--    yuan at the programme's point_value. Opening + what was posted in the period = closing; closing
--    is outstanding less owed. Points of all members count, whatever their status.
-- source: the ledger of points; point_value is the programme's (program.csv)
-- period: all
-- column: item text 项目: opening; earned, returned, bonus, redeemed, cancelled (put back by the
--    cancellation of a redemption), expired, adjusted, transferred, brought (from another system);
--    closing; outstanding (balances above zero), owed (balances below zero); expiring
-- column: month text 到期月份: of expiring: the month in which what is left of the lots runs out, or
--    never; overdue is what has run out and vip-expire has not posted yet
-- column: points points 积分: given (+) or taken (−)
-- column: yuan yuan 金额: points × point_value
WITH entries AS (
    SELECT member, entry, kind, day, points, expires
    FROM ledger -- what was merged counts where it was copied to
    WHERE day <= :to AND NOT EXISTS (SELECT 1 FROM merged AS g WHERE g.member = ledger.member)
), balances AS (
    SELECT member, sum(points) AS points FROM entries GROUP BY member
), lots AS (
    SELECT l.expires, sum(l.points) AS points
    FROM entries AS l
    WHERE l.points > 0 AND l.kind NOT IN (4, 5)
    GROUP BY l.expires
    UNION ALL
    SELECT l.expires, -sum(u.points)
    FROM lot_use AS u
    JOIN entries AS d ON d.member = u.member AND d.entry = abs(u.entry)
    JOIN entries AS l ON l.member = u.member AND l.entry = u.lot
    GROUP BY l.expires
), items AS (
    SELECT 0 AS place, 'opening' AS item, NULL AS month, coalesce(sum(points), 0) AS points
    FROM entries WHERE day < :from
    UNION ALL
    SELECT 1 + kind,
           CASE kind WHEN 0 THEN 'earned' WHEN 1 THEN 'returned' WHEN 2 THEN 'bonus'
                     WHEN 3 THEN 'redeemed' WHEN 4 THEN 'cancelled' WHEN 5 THEN 'expired'
                     WHEN 6 THEN 'adjusted' WHEN 7 THEN 'transferred' WHEN 8 THEN 'brought' END,
           NULL, sum(points)
    FROM entries
    WHERE :from IS NULL OR day >= :from
    GROUP BY kind
    UNION ALL
    SELECT 50, 'closing', NULL, coalesce(sum(points), 0) FROM balances
    UNION ALL
    SELECT 51, 'outstanding', NULL, coalesce(sum(points), 0) FROM balances WHERE points > 0
    UNION ALL
    SELECT 52, 'owed', NULL, coalesce(sum(points), 0) FROM balances WHERE points < 0
    UNION ALL
    SELECT CASE WHEN expires IS NULL THEN 62 WHEN expires < :to THEN 60 ELSE 61 END, 'expiring',
           CASE WHEN expires IS NULL THEN 'never' WHEN expires < :to THEN 'overdue'
                ELSE vip_month(expires) END AS until,
           sum(points)
    FROM lots
    GROUP BY 1, until
    HAVING sum(points) <> 0
)
SELECT item AS item, month AS month, points AS points,
       vip_ratio(points * :point_value, 100, 1) AS yuan
FROM items
ORDER BY place, month;
