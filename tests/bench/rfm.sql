-- The peer of vip-report rfm, for sqlite3 and DuckDB alike (whole numbers divide to whole numbers).
WITH days AS (
    SELECT member, day, sum(amount - returned) AS net
    FROM purchase
    WHERE member IS NOT NULL AND kind = 0
    GROUP BY member, day
), buyers AS (
    SELECT member, max(day) AS newest, count(*) AS frequency, sum(net) AS monetary
    FROM days
    WHERE net > 0
    GROUP BY member
), scored AS (
    SELECT newest, frequency, monetary,
        1 + 5 * (rank() OVER (ORDER BY newest) - 1) / count(*) OVER () AS r,
        1 + 5 * (rank() OVER (ORDER BY frequency) - 1) / count(*) OVER () AS f,
        1 + 5 * (rank() OVER (ORDER BY monetary) - 1) / count(*) OVER () AS m
    FROM buyers
), named AS (
    SELECT m, monetary,
        CASE WHEN r <= 2 AND f <= 2 THEN 'hibernating'
             WHEN r <= 2 AND f <= 4 THEN 'at-risk'
             WHEN r <= 2 THEN 'cannot-lose'
             WHEN r = 3 AND f <= 2 THEN 'about-to-sleep'
             WHEN r = 3 AND f = 3 THEN 'need-attention'
             WHEN r <= 4 AND f >= 4 THEN 'loyal'
             WHEN r = 4 AND f = 1 THEN 'promising'
             WHEN r = 5 AND f = 1 THEN 'new'
             WHEN f <= 3 THEN 'potential-loyal'
             ELSE 'champion' END AS segment
    FROM scored
)
SELECT segment, m, count(*), sum(monetary)
FROM named
GROUP BY segment, m
ORDER BY count(*) DESC, segment, m;
