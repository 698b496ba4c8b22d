-- title: RFM segments | RFM 客户分群
-- about: Buying members by recency, frequency and monetary value. Who is in which:
--    vip-report rfm-members.
--    Recency is the last day on which a member bought, frequency the number of such days, monetary
--    what was paid for it, less what came back (each return on the day of its original). A day from
--    which nothing is left does not count. Each score is 1 + the fifths of all buyers who are
--    strictly worse: 1 to 5, 5 is best, equal figures have equal scores. Segments are those of the
--    usual 5 × 5 grid of recency and frequency (written r f): champion 54 55; loyal 34 35 44 45;
--    potential-loyal 42 43 52 53; new 51; promising 41; need-attention 33; about-to-sleep 31 32;
--    at-risk 13 14 23 24; cannot-lose 15 25; hibernating 11 12 21 22. Members count who are active
--    or suspended today and bought in the period.
-- period: all
-- by: r, f, m
-- chart: bars segment members
-- column: segment text 分群: its name
-- column: r count R: score of recency
-- column: f count F: score of frequency
-- column: m count M: score of monetary value
-- column: members count 会员数: members in it
-- column: share percent 会员占比: members ÷ all buyers
-- column: recency ratio 平均未购天数: days from the last purchase to the end of the period, average
-- column: frequency ratio 平均购买天数: purchase days a member, average
-- column: spend yuan 消费额: monetary, summed
-- column: spend_share percent 消费占比: spend ÷ spend of all buyers
-- column: average yuan 人均消费: spend ÷ members
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
), totals AS (
    SELECT segment, CASE WHEN :by_r = 1 THEN r END AS r_key,
           CASE WHEN :by_f = 1 THEN f END AS f_key, CASE WHEN :by_m = 1 THEN m END AS m_key,
           count(*) AS members, sum(:to - last) AS days, sum(frequency) AS frequency,
           sum(monetary) AS spend
    FROM named
    GROUP BY segment, r_key, f_key, m_key
)
SELECT segment AS segment, r_key AS r, f_key AS f, m_key AS m, members AS members,
       vip_ratio(members, sum(members) OVER (), 10000) AS share,
       vip_ratio(days, members, 100) AS recency,
       vip_ratio(frequency, members, 100) AS frequency, spend AS spend,
       vip_ratio(spend, sum(spend) OVER (), 10000) AS spend_share,
       vip_ratio(spend, members, 1) AS average
FROM totals
ORDER BY members DESC, segment, r_key, f_key, m_key;
