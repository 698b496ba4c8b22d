-- The peer of vip-report repurchase --by=store,month, for sqlite3 and DuckDB alike.
WITH days AS (
    SELECT DISTINCT store, member, day
    FROM purchase
    WHERE member IS NOT NULL AND kind = 0 AND amount > returned
), members AS (
    SELECT d.store, m.month, d.member, count(*) AS days
    FROM days AS d JOIN month_of AS m ON m.day = d.day
    GROUP BY d.store, d.member, m.month
), totals AS (
    SELECT store, month, count(*) AS buyers, sum(CASE WHEN days > 1 THEN 1 ELSE 0 END) AS repeats,
        sum(days) AS days
    FROM members
    GROUP BY store, month
)
SELECT c.text, t.month, t.buyers, t.repeats, t.days
FROM totals AS t JOIN code AS c ON c.code = t.store
ORDER BY c.text, t.month;
