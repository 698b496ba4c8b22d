-- The peer of vip-report contribution --by=store,month, for sqlite3 and DuckDB alike. A receipt is of
-- one day, so that the index gives it as a run.
WITH receipts AS (
    SELECT store, receipt, day, max(member) AS member,
        max(CASE WHEN kind = 0 THEN 1 ELSE 0 END) AS sold,
        sum(CASE WHEN kind = 0 THEN amount ELSE -amount END) AS net,
        sum(CASE WHEN member IS NULL THEN 0 WHEN kind = 0 THEN amount ELSE -amount END)
            AS member_net
    FROM purchase
    GROUP BY store, receipt, day
), totals AS (
    SELECT r.store, m.month, sum(r.net) AS net, sum(r.member_net) AS member_net,
        sum(r.sold) AS sold, sum(CASE WHEN r.member IS NULL THEN 0 ELSE r.sold END) AS member_sold,
        count(DISTINCT CASE WHEN r.sold = 1 THEN r.member END) AS buyers
    FROM receipts AS r JOIN month_of AS m ON m.day = r.day
    GROUP BY r.store, m.month
)
SELECT c.text, t.month, t.net, t.member_net, t.sold, t.member_sold, t.buyers
FROM totals AS t JOIN code AS c ON c.code = t.store
ORDER BY c.text, t.month;
