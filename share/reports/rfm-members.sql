-- title: RFM scores of members | 会员 RFM 得分
-- about: Each buying member's recency, frequency and monetary value with scores and segment, for a
--    list to work from. The summary: vip-report rfm.
--    Recency is the last day on which a member bought, frequency the number of such days, monetary
--    what was paid for it, less what came back (each return on the day of its original). A day from
--    which nothing is left does not count. Each score is 1 + the fifths of all buyers who are
--    strictly worse: 1 to 5, 5 is best, equal figures have equal scores. Segments are those of the
--    usual 5 × 5 grid of recency and frequency (written r f): champion 54 55; loyal 34 35 44 45;
--    potential-loyal 42 43 52 53; new 51; promising 41; need-attention 33; about-to-sleep 31 32;
--    at-risk 13 14 23 24; cannot-lose 15 25; hibernating 11 12 21 22. Members count who are active
--    or suspended today and bought in the period.
-- period: all
-- column: member text 会员号: the member
-- column: name text 姓名: of the member
-- column: phone phone 手机号: masked without --reveal
-- column: store text 店铺: where the member is looked after
-- column: consultant text 导购: who looks after the member
-- column: last_purchase date 最近购买: recency
-- column: frequency count 购买天数: frequency
-- column: spend yuan 消费额: monetary
-- column: r count R: score of recency
-- column: f count F: score of frequency
-- column: m count M: score of monetary value
-- column: segment text 分群: its name
WITH days AS (
    SELECT member, spend_day AS day, sum(amount) AS net
    FROM ledger
    WHERE kind IN (0, 1) AND day <= :to AND spend_day <= :to
      AND (:from IS NULL OR spend_day >= :from)
    GROUP BY member, spend_day
), buyers AS (
    SELECT d.member, max(d.day) AS last, count(*) AS frequency, sum(d.net) AS monetary
    FROM days AS d
    JOIN account AS a ON a.member = d.member
    JOIN member AS m ON m.id = d.member
    WHERE d.net > 0 AND a.status IN (1, 2)
      AND (:store IS NULL OR m.store = :store)
      AND (:consultant IS NULL OR m.consultant = :consultant)
      AND (:tier IS NULL OR EXISTS (SELECT 1 FROM tier_state AS t
                                    WHERE t.member = d.member AND t.tier = :tier))
    GROUP BY d.member
), scored AS (
    SELECT member, last, frequency, monetary,
           1 + 5 * (rank() OVER (ORDER BY last) - 1) / count(*) OVER () AS r,
           1 + 5 * (rank() OVER (ORDER BY frequency) - 1) / count(*) OVER () AS f,
           1 + 5 * (rank() OVER (ORDER BY monetary) - 1) / count(*) OVER () AS m
    FROM buyers
), named AS (
    SELECT member, last, frequency, monetary, r, f, m,
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
SELECT p.member AS member, p.name AS name, p.phone AS phone, s.text AS store,
       v.text AS consultant, n.last AS last_purchase, n.frequency AS frequency,
       n.monetary AS spend, n.r AS r, n.f AS f, n.m AS m, n.segment AS segment
FROM named AS n
JOIN member AS p ON p.id = n.member
LEFT JOIN code AS s ON s.code = p.store
LEFT JOIN code AS v ON v.code = p.consultant
ORDER BY p.member;
