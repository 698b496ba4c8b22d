-- title: New cards against targets | 招募目标达成
-- about: Members enrolled in the period, against the targets of its months, per store and person. A
--    member counts for who looked after them when they enrolled. A store's target is its own, or
--    where it has none the sum of its people's; months that the period touches count whole. Members
--    who were merged into another record or wait for approval are left out.
-- source: the targets of vip-staff(1)
-- period: this-month
-- by: store, consultant, month
-- chart: bars store members target
-- chart: bars consultant members target
-- column: store text 店铺: where they enrolled
-- column: consultant text 导购: who won them
-- column: month text 月份: of the enrolment
-- column: members count 新会员: enrolled
-- column: target count 目标: new cards to be won
-- column: missing count 差额: target less enrolled; empty: reached, or there is no target
-- column: share percent 达成率: members ÷ target
WITH won AS (
    SELECT CASE WHEN :by_store = 1 THEN m.store END AS store_key,
           CASE WHEN :by_consultant = 1 THEN h.consultant END AS consultant_key,
           CASE WHEN :by_month = 1 THEN vip_month(a.enrolled) END AS month_key,
           count(*) AS members, 0 AS target
    FROM account AS a
    JOIN member AS m ON m.id = a.member
    LEFT JOIN consultant_history AS h ON h.member = m.id AND h.since = a.enrolled
    WHERE a.status NOT IN (0, 5)
      AND (:from IS NULL OR a.enrolled >= :from) AND a.enrolled <= :to
      AND (:store IS NULL OR m.store = :store)
      AND (:consultant IS NULL OR h.consultant = :consultant)
    GROUP BY 1, 2, 3
), placed AS (
    -- Whoever has a target without a store has it where they worked at the end of that month.
    SELECT t.month, t.staff, t.cards,
           coalesce(nullif(t.store, 0),
                    (SELECT p.store FROM staff_post AS p
                     WHERE p.staff = t.staff AND p.since < vip_add_months(t.month, 1)
                     ORDER BY p.since DESC LIMIT 1)) AS store
    FROM target AS t
    WHERE (:from IS NULL OR vip_add_months(t.month, 1) > :from) AND t.month <= :to
), aims AS (
    SELECT CASE WHEN :by_store = 1 THEN p.store END AS store_key,
           CASE WHEN :by_consultant = 1 THEN p.staff END AS consultant_key,
           CASE WHEN :by_month = 1 THEN vip_month(p.month) END AS month_key,
           0 AS members, sum(p.cards) AS target
    FROM placed AS p
    WHERE (:store IS NULL OR p.store = :store)
      AND (:consultant IS NULL OR p.staff = :consultant)
      AND CASE WHEN :by_consultant = 1 OR :consultant IS NOT NULL THEN p.staff <> 0
               ELSE p.staff = 0
                   OR NOT EXISTS (SELECT 1 FROM placed AS s
                                  WHERE s.staff = 0 AND s.month = p.month
                                    AND s.store IS NOT DISTINCT FROM p.store) END
    GROUP BY 1, 2, 3
), totals AS (
    SELECT store_key, consultant_key, month_key, sum(members) AS members, sum(target) AS target
    FROM (SELECT * FROM won UNION ALL SELECT * FROM aims) AS both
    GROUP BY store_key, consultant_key, month_key
)
SELECT s.text AS store, c.text AS consultant, t.month_key AS month, t.members AS members,
       nullif(t.target, 0) AS target,
       CASE WHEN t.target > t.members THEN t.target - t.members END AS missing,
       vip_ratio(t.members, nullif(t.target, 0), 10000) AS share
FROM totals AS t
LEFT JOIN code AS s ON s.code = t.store_key
LEFT JOIN code AS c ON c.code = t.consultant_key
ORDER BY s.text, c.text, t.month_key;
