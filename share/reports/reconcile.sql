-- title: Tills against the ledger | 对账
-- about: What the tills brought, line by line, against what stands in the ledger of points. Missing is
--    a member's line that earned or took back points and has no entry in the ledger, or one of
--    another figure; phantom is an entry of a purchase or return without such a line. Both are 0
--    when all is well, and points = ledger_points. Bonuses, redemptions and what has run out belong
--    to no line and are left out.
-- source: what vip-accrue(1) promises: each line of a member has its entry in the ledger
-- period: all
-- by: store, month, date
-- column: store text 店铺: where it was sold
-- column: month text 月份: of the line
-- column: date date 日期: of the line
-- column: lines count 行数: of sales and returns, to anybody
-- column: sales yuan 净销售额: sales less returns, to anybody
-- column: member_lines count 会员行数: of members
-- column: member_sales yuan 会员净销售额: of members
-- column: points points 应记积分: that the lines earned, less what returns took back
-- column: ledger_points points 台账积分: of purchases and returns in the ledger
-- column: missing count 漏记行数: lines whose entry is missing or differs
-- column: missing_points points 漏记积分: theirs, less what their entries have
-- column: phantom count 多记笔数: entries without a line
-- column: phantom_points points 多记积分: theirs
WITH lines AS (
    SELECT CASE WHEN :by_store = 1 THEN p.store END AS store_key,
           CASE WHEN :by_month = 1 THEN vip_month(p.day) END AS month_key,
           CASE WHEN :by_date = 1 THEN p.day END AS date_key,
           CASE WHEN p.kind = 0 THEN p.amount ELSE -p.amount END AS amount,
           CASE WHEN p.member IS NULL THEN 0 ELSE 1 END AS own, p.points, 0 AS ledger_points,
           CASE WHEN p.member IS NOT NULL AND p.points <> coalesce(l.points, 0)
                THEN 1 ELSE 0 END AS missing,
           CASE WHEN p.member IS NOT NULL THEN p.points - coalesce(l.points, 0) ELSE 0 END
               AS missing_points,
           0 AS phantom, 0 AS phantom_points, 1 AS line
    FROM purchase AS p
    LEFT JOIN ledger AS l ON l.member = p.member AND l.entry = p.entry
    WHERE (:from IS NULL OR p.day >= :from) AND p.day <= :to
      AND (:store IS NULL OR p.store = :store)
    UNION ALL
    SELECT CASE WHEN :by_store = 1 THEN l.store END,
           CASE WHEN :by_month = 1 THEN vip_month(l.day) END,
           CASE WHEN :by_date = 1 THEN l.day END,
           0, 0, 0, l.points, 0, 0,
           CASE WHEN p.receipt IS NULL THEN 1 ELSE 0 END,
           CASE WHEN p.receipt IS NULL THEN l.points ELSE 0 END, 0
    FROM ledger AS l
    LEFT JOIN purchase AS p ON p.store = l.store AND p.receipt = l.ref AND p.line = l.line
                           AND p.member = l.member AND p.entry = l.entry
    WHERE l.kind IN (0, 1) AND (:from IS NULL OR l.day >= :from) AND l.day <= :to
      AND (:store IS NULL OR l.store = :store)
), totals AS (
    SELECT store_key, month_key, date_key, sum(line) AS lines, sum(amount) AS sales,
           sum(own) AS member_lines, sum(CASE WHEN own = 1 THEN amount ELSE 0 END) AS member_sales,
           sum(points) AS points, sum(ledger_points) AS ledger_points, sum(missing) AS missing,
           sum(missing_points) AS missing_points, sum(phantom) AS phantom,
           sum(phantom_points) AS phantom_points
    FROM lines
    GROUP BY store_key, month_key, date_key
)
SELECT s.text AS store, t.month_key AS month, t.date_key AS "date", t.lines AS lines,
       t.sales AS sales, t.member_lines AS member_lines, t.member_sales AS member_sales,
       t.points AS points, t.ledger_points AS ledger_points, t.missing AS missing,
       t.missing_points AS missing_points, t.phantom AS phantom,
       t.phantom_points AS phantom_points
FROM totals AS t
LEFT JOIN code AS s ON s.code = t.store_key
ORDER BY s.text, t.month_key, t.date_key;
