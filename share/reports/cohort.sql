-- title: Retention by enrolment month | 同期群留存
-- about: Of the members who enrolled in one month, the share that bought in each month after it, until
--    the end of the period. A line that came back whole was not bought. Members who were merged into
--    another record or wait for approval are left out.
-- source: retention as it is told of subscribers: those of a cohort who are active ÷ the cohort
-- period: all
-- chart: heat cohort age retention
-- column: cohort text 入会月份: the month of the enrolment
-- column: members count 入会人数: how many enrolled in it
-- column: age count 第几月: months after it; 0 is the month itself
-- column: active count 购买人数: those who bought in that month
-- column: retention percent 留存率: active ÷ members
WITH RECURSIVE cohorts AS (
    SELECT member, vip_month(enrolled) AS cohort,
           12 * CAST(vip_year(enrolled) AS INTEGER)
               + CAST(substr(vip_month(enrolled), 6, 2) AS INTEGER) AS first_month
    FROM account
    WHERE status NOT IN (0, 5)
      AND (:from IS NULL OR enrolled >= :from) AND enrolled <= :to
), sizes AS (
    SELECT cohort, first_month, count(*) AS members
    FROM cohorts
    GROUP BY cohort, first_month
), cells (cohort, members, first_month, age) AS (
    SELECT cohort, members, first_month, 0 FROM sizes
    UNION ALL
    SELECT cohort, members, first_month, age + 1
    FROM cells
    WHERE first_month + age < 12 * CAST(vip_year(:to) AS INTEGER)
                                  + CAST(substr(vip_month(:to), 6, 2) AS INTEGER)
), days AS (
    SELECT DISTINCT member, day
    FROM purchase
    WHERE member IS NOT NULL AND kind = 0 AND amount > returned AND day <= :to
      AND (:store IS NULL OR store = :store)
), months AS (
    SELECT DISTINCT member, 12 * CAST(vip_year(day) AS INTEGER)
               + CAST(substr(vip_month(day), 6, 2) AS INTEGER) AS bought_month
    FROM days
), actives AS (
    SELECT c.cohort, m.bought_month - c.first_month AS age, count(*) AS active
    FROM months AS m JOIN cohorts AS c ON c.member = m.member
    GROUP BY c.cohort, m.bought_month - c.first_month
)
SELECT c.cohort AS cohort, c.members AS members, c.age AS age,
       coalesce(a.active, 0) AS active,
       vip_ratio(coalesce(a.active, 0), c.members, 10000) AS retention
FROM cells AS c LEFT JOIN actives AS a ON a.cohort = c.cohort AND a.age = c.age
ORDER BY c.cohort, c.age;
