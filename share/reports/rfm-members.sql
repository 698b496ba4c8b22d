-- title: RFM scores of members | 会员 RFM 得分
-- about: Each buying member's recency, frequency and monetary value with scores and segment, for a
--    list to work from. The summary: vip-report rfm.
--    Recency is the last day on which a member bought, frequency the number of such days, monetary
--    what was paid for it, less what has come back of it since (a return whose original is not known
--    takes nothing off). A day from which nothing is left does not count, nor does what was bought
--    before the enrolment. Each score is 1 + the fifths of all buyers who are
--    strictly worse: 1 to 5, 5 is best, equal figures have equal scores. Segments are those of the
--    usual 5 × 5 grid of recency and frequency (written r f): champion 54 55; loyal 34 35 44 45;
--    potential-loyal 42 43 52 53; new 51; promising 41; need-attention 33; about-to-sleep 31 32;
--    at-risk 13 14 23 24; cannot-lose 15 25; hibernating 11 12 21 22. Members count who are active
--    or suspended today and bought in the period.
-- source: as of vip-report rfm
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
-- The scores are worked out by vip_rfm from the days that the postings keep (store_day); the view
-- rfm_segment names the cells of the grid.
SELECT p.member AS member, p.name AS name, p.phone AS phone, s.text AS store,
       c.text AS consultant, v.last AS last_purchase, v.frequency AS frequency,
       v.monetary AS spend, v.r AS r, v.f AS f, v.m AS m, g.segment AS segment
FROM vip_rfm(:from, :to, :store, :consultant, :tier, 1) AS v
JOIN rfm_segment AS g ON g.r = v.r AND g.f = v.f
JOIN member AS p ON p.id = v.member
LEFT JOIN code AS s ON s.code = p.store
LEFT JOIN code AS c ON c.code = p.consultant
ORDER BY p.member;
