-- title: Enrolments | 入会统计
-- about: Who became a member in the period, and how many of them have bought since. Members who were
--    merged into another record or wait for approval are left out; who left later counts.
-- source: the applications of vip-enroll(1)
-- period: all
-- by: store, month, source, consultant
-- chart: line month members
-- chart: bars store members
-- chart: bars source members
-- chart: bars consultant members
-- column: store text 店铺: where they enrolled
-- column: month text 月份: of the enrolment
-- column: source text 来源: regular, special, accumulation, group, referral
-- column: consultant text 导购: who looks after them today
-- column: members count 入会人数: members enrolled
-- column: bought count 已购会员数: those with at least one purchase until today
-- column: share percent 占比: bought ÷ members
WITH enrolled AS (
    SELECT CASE WHEN :by_store = 1 THEN m.store END AS store_key,
           CASE WHEN :by_month = 1 THEN vip_month(a.enrolled) END AS month_key,
           CASE WHEN :by_source = 1 THEN m.source END AS source_key,
           CASE WHEN :by_consultant = 1 THEN m.consultant END AS consultant_key,
           CASE WHEN a.first_purchase IS NULL THEN 0 ELSE 1 END AS bought
    FROM account AS a JOIN member AS m ON m.id = a.member
    WHERE a.status NOT IN (0, 5)
      AND (:from IS NULL OR a.enrolled >= :from) AND a.enrolled <= :to
      AND (:store IS NULL OR m.store = :store)
      AND (:consultant IS NULL OR m.consultant = :consultant)
), totals AS (
    SELECT store_key, month_key, source_key, consultant_key, count(*) AS members,
           sum(bought) AS bought
    FROM enrolled
    GROUP BY store_key, month_key, source_key, consultant_key
)
SELECT s.text AS store, t.month_key AS month, t.source_key AS source, v.text AS consultant,
       t.members AS members, t.bought AS bought,
       vip_ratio(t.bought, t.members, 10000) AS share
FROM totals AS t
LEFT JOIN code AS s ON s.code = t.store_key
LEFT JOIN code AS v ON v.code = t.consultant_key
ORDER BY s.text, t.month_key, t.source_key, v.text;
