-- title: Dormant members | 休眠会员
-- about: Active members who enrolled before the period and bought nothing in it: whom to win back.
--    Without a first day the period is the six months to its end. What was bought and brought back
--    was a visit all the same.
-- source: reminders.csv of the presets calls a member back who bought nothing for six months
-- period: all
-- total: spent, points
-- column: member text 会员号: the member
-- column: name text 姓名: of the member
-- column: phone phone 手机号: masked without --reveal
-- column: store text 店铺: where the member is looked after
-- column: consultant text 导购: who looks after the member
-- column: enrolled date 入会日期: day of the enrolment
-- column: last_purchase date 最近购买: the last day with a purchase before the period; empty: none
-- column: days count 未购天数: from that day to the end of the period; from the enrolment if none
-- column: spent yuan 累计消费: what counts towards tiers, ever
-- column: points points 积分: the balance today
WITH bounds AS (
    SELECT coalesce(:from, vip_add_months(:to, -6) + 1) AS first
), asleep AS (
    SELECT a.member, a.enrolled, a.spent, a.balance,
           CASE WHEN a.last_purchase < b.first THEN a.last_purchase
                ELSE (SELECT max(l.day) FROM ledger AS l
                      WHERE l.member = a.member AND l.kind = 0 AND l.day < b.first) END AS last
    FROM account AS a CROSS JOIN bounds AS b
    WHERE a.status = 1 AND a.enrolled < b.first
      AND (a.last_purchase IS NULL OR a.last_purchase < b.first
           OR (a.last_purchase > :to
               AND NOT EXISTS (SELECT 1 FROM ledger AS l
                               WHERE l.member = a.member AND l.kind = 0
                                 AND l.day >= b.first AND l.day <= :to)))
)
SELECT m.member AS member, m.name AS name, m.phone AS phone, s.text AS store,
       v.text AS consultant, a.enrolled AS enrolled, a.last AS last_purchase,
       :to - coalesce(a.last, a.enrolled) AS days, a.spent AS spent, a.balance AS points
FROM asleep AS a
JOIN member AS m ON m.id = a.member
LEFT JOIN code AS s ON s.code = m.store
LEFT JOIN code AS v ON v.code = m.consultant
WHERE (:store IS NULL OR m.store = :store)
  AND (:consultant IS NULL OR m.consultant = :consultant)
  AND (:tier IS NULL OR EXISTS (SELECT 1 FROM tier_state AS t
                                WHERE t.member = a.member AND t.tier = :tier))
ORDER BY a.spent DESC, m.member;
