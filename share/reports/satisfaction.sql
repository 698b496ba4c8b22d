-- title: Satisfaction | 满意度
-- about: How content customers said they were, 1 (not at all) to 5 (fully), at the contacts of the
--    period.
-- source: a question of five steps; content is who answers 4 or 5, as surveys count it
-- period: this-year
-- by: store, consultant, month, kind, channel
-- column: store text 店铺: where the member is looked after
-- column: consultant text 导购: who looks after the member
-- column: month text 月份: of the contact
-- column: kind text 类型: follow-up, birthday…
-- column: channel text 渠道: sms, call…
-- column: answers count 评价数: contacts with an answer
-- column: average ratio 平均分: sum of the answers ÷ their number
-- column: satisfied count 满意: 4 or 5
-- column: dissatisfied count 不满意: 1 or 2
-- column: share percent 满意率: satisfied ÷ answers
WITH answers AS (
    SELECT CASE WHEN :by_store = 1 THEN m.store END AS store_key,
           CASE WHEN :by_consultant = 1 THEN m.consultant END AS consultant_key,
           CASE WHEN :by_month = 1 THEN vip_month(c.day) END AS month_key,
           CASE WHEN :by_kind = 1 THEN c.kind END AS kind_key,
           CASE WHEN :by_channel = 1 THEN c.channel END AS channel_key,
           c.satisfaction AS points
    FROM contact AS c JOIN member AS m ON m.id = c.member
    WHERE c.satisfaction IS NOT NULL
      AND (:from IS NULL OR c.day >= :from) AND c.day <= :to
      AND (:store IS NULL OR m.store = :store)
      AND (:consultant IS NULL OR m.consultant = :consultant)
), totals AS (
    SELECT store_key, consultant_key, month_key, kind_key, channel_key, count(*) AS answers,
           sum(points) AS points,
           sum(CASE WHEN points >= 4 THEN 1 ELSE 0 END) AS satisfied,
           sum(CASE WHEN points <= 2 THEN 1 ELSE 0 END) AS dissatisfied
    FROM answers GROUP BY store_key, consultant_key, month_key, kind_key, channel_key
)
SELECT s.text AS store, v.text AS consultant, t.month_key AS month, t.kind_key AS kind,
       t.channel_key AS channel, t.answers AS answers,
       vip_ratio(t.points, t.answers, 100) AS average, t.satisfied AS satisfied,
       t.dissatisfied AS dissatisfied, vip_ratio(t.satisfied, t.answers, 10000) AS share
FROM totals AS t
LEFT JOIN code AS s ON s.code = t.store_key
LEFT JOIN code AS v ON v.code = t.consultant_key
ORDER BY s.text, v.text, t.month_key, t.kind_key, t.channel_key;
