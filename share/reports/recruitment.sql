-- title: Recruitment against targets | 招募达成
-- about: New members against the targets of vip-staff targets. A member is new in the month of the
--    enrolment, of the store of the application and of the consultant who looked after him first;
--    who waits for approval or was merged into another record is left out. Without --by=staff the
--    targets are those of stores, with it those of persons; one that names no store is of the store
--    where the person works first in that month. A month counts with its whole target when its first
--    day is in the period.
-- period: this-month
-- by: store, staff, month
-- chart: bars store cards target
-- chart: bars staff cards target
-- chart: line month cards target
-- column: store text 店铺: of the application, of the target
-- column: staff text 员工: the person's code
-- column: month text 月份: of the enrolment, of the target
-- column: target count 目标: new members to be won; empty: none was set
-- column: cards count 新入会: members won
-- column: share percent 达成率: cards ÷ target
-- column: lacking count 差额: target − cards where that is above 0
WITH counts AS (
    SELECT CASE WHEN :by_store = 1 THEN m.store END AS store_key,
           CASE WHEN :by_staff = 1 THEN coalesce(
               (SELECT h.consultant FROM consultant_history AS h
                WHERE h.member = m.id ORDER BY h.since LIMIT 1), m.consultant) END AS staff_key,
           CASE WHEN :by_month = 1 THEN vip_month(a.enrolled) END AS month_key,
           NULL AS target, 1 AS cards
    FROM account AS a JOIN member AS m ON m.id = a.member
    WHERE a.status NOT IN (0, 5)
      AND (:from IS NULL OR a.enrolled >= :from) AND a.enrolled <= :to
      AND (:store IS NULL OR m.store = :store)
    UNION ALL
    SELECT CASE WHEN :by_store = 1 THEN p.store END,
           CASE WHEN :by_staff = 1 THEN p.staff END,
           CASE WHEN :by_month = 1 THEN vip_month(p.month) END,
           p.cards, 0
    FROM (SELECT t.month, t.staff, t.cards,
                 CASE t.store WHEN 0 THEN
                     (SELECT s.store FROM staff_post AS s
                      WHERE s.staff = t.staff AND s.since < vip_add_months(t.month, 1)
                        AND (s.until IS NULL OR s.until >= t.month)
                      ORDER BY s.since LIMIT 1)
                 ELSE t.store END AS store
          FROM target AS t
          WHERE (:from IS NULL OR t.month >= :from) AND t.month <= :to
            AND CASE WHEN t.staff = 0 THEN 0 ELSE 1 END = :by_staff) AS p
    WHERE :store IS NULL OR p.store = :store
), totals AS (
    SELECT store_key, staff_key, month_key, sum(target) AS target, sum(cards) AS cards
    FROM counts
    GROUP BY store_key, staff_key, month_key
)
SELECT s.text AS store, v.text AS staff, t.month_key AS month, t.target AS target,
       t.cards AS cards, vip_ratio(t.cards, t.target, 10000) AS share,
       CASE WHEN t.target > t.cards THEN t.target - t.cards
            WHEN t.target IS NOT NULL THEN 0 END AS lacking
FROM totals AS t
LEFT JOIN code AS s ON s.code = t.store_key
LEFT JOIN code AS v ON v.code = t.staff_key
ORDER BY s.text, v.text, t.month_key;
