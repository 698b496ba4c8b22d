-- title: Bonus for enrolments | 招募奖励
-- about: What staff earn for members they enrolled, by the programme's incentives.csv in force on the
--    last day. first-purchase: the amount of the purchase that the application named, on the day of
--    the enrolment; else of the member's first receipt, less what came back of it, on its day.
--    three-month-points: the points earned and given as bonus, less those of returns, in the three
--    months that begin with the enrolment, on the last day of these. The row with the highest lower
--    end in whose range the figure is pays (from its first figure, below its second). The bonus is
--    that of the consultant who looked after the member first. Members who wait for approval, were
--    merged, cancelled or forgotten are left out.
-- source: incentives.csv of the programme, vip-programme(5)
-- period: last-month
-- by: store, member
-- total: bonus
-- column: store text 店铺: of the application
-- column: staff text 员工: the consultant; empty: nobody
-- column: basis text 依据: first-purchase or three-month-points
-- column: each yuan 单项奖励: for one member
-- column: member text 会员号: who was enrolled
-- column: members count 会员数: for whom it is paid
-- column: bonus yuan 奖励: each × members
WITH scales AS (
    SELECT basis, CASE basis WHEN 'first-purchase' THEN 100 ELSE 1 END AS unit,
           CAST(coalesce(first, '0') AS REAL) AS first, CAST(next AS REAL) AS next, amount
    FROM incentive
    WHERE :to BETWEEN since AND until AND basis IN ('first-purchase', 'three-month-points')
), rates AS (
    SELECT basis, CAST(round(unit * first) AS INTEGER) AS first,
           CAST(round(unit * next) AS INTEGER) AS next,
           CAST(round(100 * CAST(amount AS REAL)) AS INTEGER) AS amount
    FROM scales
), people AS (
    SELECT m.id, m.member, m.store, m.spent, a.enrolled, a.first_purchase,
           coalesce((SELECT h.consultant FROM consultant_history AS h
                     WHERE h.member = m.id ORDER BY h.since LIMIT 1), m.consultant) AS staff,
           (SELECT min(l.entry) FROM ledger AS l
            WHERE l.member = m.id AND l.kind = 0 AND l.day = a.first_purchase) AS entry
    FROM account AS a JOIN member AS m ON m.id = a.member
    WHERE a.status IN (1, 2) AND (:store IS NULL OR m.store = :store)
), figures AS (
    SELECT id, member, store, staff, 'first-purchase' AS basis, enrolled AS day, spent AS figure
    FROM people
    WHERE spent > 0
    UNION ALL
    SELECT p.id, p.member, p.store, p.staff, 'first-purchase', l.day,
           (SELECT sum(b.amount - b.returned) FROM purchase AS b
            WHERE b.store = l.store AND b.receipt = l.ref AND b.kind = 0 AND b.member = p.id)
    FROM people AS p JOIN ledger AS l ON l.member = p.id AND l.entry = p.entry
    WHERE coalesce(p.spent, 0) = 0
    UNION ALL
    SELECT p.id, p.member, p.store, p.staff, 'three-month-points',
           vip_add_months(p.enrolled, 3) - 1,
           (SELECT sum(l.points) FROM ledger AS l
            WHERE l.member = p.id AND l.kind IN (0, 1, 2) AND l.day >= p.enrolled
              AND l.day < vip_add_months(p.enrolled, 3))
    FROM people AS p
), due AS (
    SELECT CASE WHEN :by_store = 1 THEN f.store END AS store_key, f.staff, f.basis,
           CASE WHEN :by_member = 1 THEN f.member END AS member,
           (SELECT r.amount FROM rates AS r
            WHERE r.basis = f.basis AND r.first <= f.figure
              AND (r.next IS NULL OR f.figure < r.next)
            ORDER BY r.first DESC LIMIT 1) AS amount
    FROM figures AS f
    WHERE (:from IS NULL OR f.day >= :from) AND f.day <= :to
), totals AS (
    SELECT store_key, staff, basis, amount, member, count(*) AS members, sum(amount) AS bonus
    FROM due
    WHERE amount IS NOT NULL
    GROUP BY store_key, staff, basis, amount, member
)
SELECT s.text AS store, v.text AS staff, t.basis AS basis, t.amount AS "each",
       t.member AS member, t.members AS members, t.bonus AS bonus
FROM totals AS t
LEFT JOIN code AS s ON s.code = t.store_key
LEFT JOIN code AS v ON v.code = t.staff
ORDER BY s.text, v.text, t.basis, t.amount, t.member;
