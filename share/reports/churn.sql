-- title: Why customers stay away | 流失原因
-- about: The reasons that members gave at the contacts of the period; of a member who gave several,
--    the last one counts.
-- source: the nine reasons of vip-contact(1)
-- period: this-year
-- by: store, consultant, month
-- total: members, returned
-- column: store text 店铺: where the member is looked after
-- column: consultant text 导购: who looks after the member
-- column: month text 月份: of the contact
-- column: churn_reason text 流失原因: price, product, service…
-- column: members count 会员数: who gave it
-- column: returned count 回流: who bought after that day
-- column: share percent 占比: of all who gave a reason, in the same group
WITH reasons AS (
    SELECT CASE WHEN :by_store = 1 THEN m.store END AS store_key,
           CASE WHEN :by_consultant = 1 THEN m.consultant END AS consultant_key,
           CASE WHEN :by_month = 1 THEN vip_month(c.day) END AS month_key,
           c.churn_reason AS reason,
           CASE WHEN a.last_purchase > c.day THEN 1 ELSE 0 END AS returned,
           row_number() OVER (PARTITION BY c.member ORDER BY c.day DESC, c.batch DESC,
                              c.source_line DESC, c.contact) AS place
    FROM contact AS c
    JOIN member AS m ON m.id = c.member
    JOIN account AS a ON a.member = c.member
    WHERE c.churn_reason IS NOT NULL
      AND (:from IS NULL OR c.day >= :from) AND c.day <= :to
      AND (:store IS NULL OR m.store = :store)
      AND (:consultant IS NULL OR m.consultant = :consultant)
), totals AS (
    SELECT store_key, consultant_key, month_key, reason, count(*) AS members,
           sum(returned) AS returned
    FROM reasons WHERE place = 1
    GROUP BY store_key, consultant_key, month_key, reason
)
SELECT s.text AS store, v.text AS consultant, t.month_key AS month, t.reason AS churn_reason,
       t.members AS members, t.returned AS returned,
       vip_ratio(t.members, sum(t.members) OVER (PARTITION BY t.store_key, t.consultant_key,
                                                 t.month_key), 10000) AS share
FROM totals AS t
LEFT JOIN code AS s ON s.code = t.store_key
LEFT JOIN code AS v ON v.code = t.consultant_key
ORDER BY s.text, v.text, t.month_key, t.members DESC, t.reason;
