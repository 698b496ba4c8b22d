-- title: Commission of groups | 组提成
-- about: Group VIP sales × rate ÷ group days worked × own days. Group VIP sales are what members bought
--    in the period less what they brought back in it, each sale of the group of the consultant who
--    looked after the member on its day. The rate is that of the programme's incentives.csv, basis
--    group-sales, in force on the last day, in whose range the sales are; the pool, sales × rate, is
--    rounded to the fen once. It is shared by days worked (vip-staff attendance) in the group, each
--    share rounded down, and the fen that are left go one each to the largest remainders, so that the
--    shares sum to the pool. Groups and posts are those of the roster on the day. A group without
--    days worked has one row, without a person.
-- source: incentives.csv of the programme; the rule is that of VIP supervisors in malls: group VIP
--    sales × rate ÷ group days worked × own days
-- period: last-month
-- total: commission
-- column: group text 组: as the roster names it
-- column: sales yuan 组VIP销售额: of the group
-- column: rate percent 提成率: of these sales
-- column: pool yuan 组提成: sales × rate
-- column: group_days quantity 组出勤天数: worked by the group
-- column: staff text 员工: the person's code
-- column: name text 姓名: of the person
-- column: days quantity 出勤天数: own days in the group
-- column: commission yuan 提成: pool ÷ group_days × days
WITH rates AS (
    SELECT CAST(round(100 * CAST(coalesce(first, '0') AS REAL)) AS INTEGER) AS first,
           CAST(round(100 * CAST(next AS REAL)) AS INTEGER) AS next,
           CAST(round(100 * CAST(replace(amount, '%', '') AS REAL)) AS INTEGER) AS rate
    FROM incentive
    WHERE :to BETWEEN since AND until AND basis = 'group-sales'
), posts AS (
    SELECT staff, since, until, team FROM staff_post WHERE team IS NOT NULL AND team <> ''
), sold AS (
    SELECT p.day, CASE WHEN p.kind = 0 THEN p.amount ELSE -p.amount END AS net,
           coalesce((SELECT h.consultant FROM consultant_history AS h
                     WHERE h.member = p.member AND h.since <= p.day
                     ORDER BY h.since DESC LIMIT 1), m.consultant) AS staff
    FROM purchase AS p JOIN member AS m ON m.id = p.member
    WHERE (:from IS NULL OR p.day >= :from) AND p.day <= :to
), teams AS (
    SELECT o.team, sum(s.net) AS sales
    FROM sold AS s
    JOIN posts AS o ON o.staff = s.staff AND o.since <= s.day
                   AND (o.until IS NULL OR o.until >= s.day)
    GROUP BY o.team
), worked AS (
    SELECT o.team, a.staff, sum(a.days) AS days
    FROM attendance AS a
    JOIN posts AS o ON o.staff = a.staff AND o.since <= a.day
                   AND (o.until IS NULL OR o.until >= a.day)
    WHERE (:from IS NULL OR a.day >= :from) AND a.day <= :to AND a.days > 0
    GROUP BY o.team, a.staff
), rated AS (
    SELECT t.team, t.sales,
           (SELECT r.rate FROM rates AS r
            WHERE r.first <= t.sales AND (r.next IS NULL OR t.sales < r.next)
            ORDER BY r.first DESC LIMIT 1) AS rate
    FROM teams AS t
), pools AS (
    SELECT team, sales, rate,
           CASE WHEN sales > 0 THEN coalesce(vip_ratio(sales * rate, 10000, 1), 0)
                ELSE 0 END AS pool
    FROM rated
), shares AS (
    SELECT p.team, p.sales, p.rate, p.pool, w.staff, w.days, c.text,
           sum(w.days) OVER (PARTITION BY p.team) AS group_days,
           p.pool * w.days / sum(w.days) OVER (PARTITION BY p.team) AS part,
           p.pool * w.days % sum(w.days) OVER (PARTITION BY p.team) AS rest
    FROM pools AS p
    LEFT JOIN worked AS w ON w.team = p.team
    LEFT JOIN code AS c ON c.code = w.staff
), ranked AS (
    SELECT team, sales, rate, pool, staff, days, text, group_days, part,
           pool - sum(part) OVER (PARTITION BY team) AS left_over,
           row_number() OVER (PARTITION BY team ORDER BY rest DESC, text) AS place
    FROM shares
)
SELECT r.team AS "group", r.sales AS sales, r.rate AS rate, r.pool AS pool,
       r.group_days AS group_days, r.text AS staff,
       (SELECT max(s.name) FROM staff_post AS s
        WHERE s.staff = r.staff AND s.since <= :to
          AND (s.until IS NULL OR s.until >= coalesce(:from, s.until))) AS name,
       r.days AS days, r.part + CASE WHEN r.place <= r.left_over THEN 1 ELSE 0 END AS commission
FROM ranked AS r
ORDER BY r.team, r.text;
