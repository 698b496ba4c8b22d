-- title: RFM segments | RFM 客户分群
-- about: Buying members by recency, frequency and monetary value. Who is in which:
--    vip-report rfm-members.
--    Recency is the last day on which a member bought, frequency the number of such days, monetary
--    what was paid for it, less what has come back of it since (a return whose original is not known
--    takes nothing off). A day from which nothing is left does not count, nor does what was bought
--    before the enrolment. Each score is 1 + the fifths of all buyers who are
--    strictly worse: 1 to 5, 5 is best, equal figures have equal scores. Segments are those of the
--    usual 5 × 5 grid of recency and frequency (written r f): champion 54 55; loyal 34 35 44 45;
--    potential-loyal 42 43 52 53; new 51; promising 41; need-attention 33; about-to-sleep 31 32;
--    at-risk 13 14 23 24; cannot-lose 15 25; hibernating 11 12 21 22. Members count who are active
--    or suspended today and bought in the period.
-- source: fifths of recency, frequency and monetary value as direct marketing has used them since
--    Hughes (Strategic Database Marketing, 1994); days stand for receipts; the grid's names are
--    those in common use
-- period: all
-- by: r, f, m
-- total: members, spend
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
-- The scores are worked out by vip_rfm from the days that the postings keep (store_day); the view
-- rfm_segment names the cells of the grid.
WITH totals AS (
    SELECT s.segment, CASE WHEN :by_r = 1 THEN v.r END AS r_key,
           CASE WHEN :by_f = 1 THEN v.f END AS f_key, CASE WHEN :by_m = 1 THEN v.m END AS m_key,
           sum(v.members) AS members, sum(v.members * :to - v.last) AS days,
           sum(v.frequency) AS frequency, sum(v.monetary) AS spend
    FROM vip_rfm(:from, :to, :store, :consultant, :tier, 0) AS v
    JOIN rfm_segment AS s ON s.r = v.r AND s.f = v.f
    GROUP BY s.segment, r_key, f_key, m_key
)
SELECT segment AS segment, r_key AS r, f_key AS f, m_key AS m, members AS members,
       vip_ratio(members, sum(members) OVER (), 10000) AS share,
       vip_ratio(days, members, 100) AS recency,
       vip_ratio(frequency, members, 100) AS frequency, spend AS spend,
       vip_ratio(spend, sum(spend) OVER (), 10000) AS spend_share,
       vip_ratio(spend, members, 1) AS average
FROM totals
ORDER BY members DESC, segment, r_key, f_key, m_key;
