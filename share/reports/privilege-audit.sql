-- title: Audit of the birthday privilege | 生日特惠稽核
-- about: Uses of a birthday privilege in the period that the rules do not allow, found in what was
--    requested at the counter and in what the tills brought under it: twice (another use in the same
--    birthday year before it, at the same store), two-stores (at another store), outside-month (not
--    in the month of the birthday, nor in the month before where the benefit allows that), and
--    no-birthday (none is on record). A use has a row for each. What came back whole was not used. A
--    benefit is a birthday privilege when any version of the programme gives it per birthday-month.
-- source: benefits.csv of the programme: what may be used per birthday-month
-- period: all
-- column: finding text 问题: twice, two-stores, outside-month or no-birthday
-- column: date date 日期: of the use
-- column: store text 店铺: where it was used
-- column: member text 会员号: who used it
-- column: name text 姓名: of the member
-- column: birthday text 生日: as it is on record
-- column: benefit text 权益: the privilege
-- column: receipt text 小票号: on which it was used
-- column: request text 请求号: of the counter; empty: only the till knows of it
-- column: earlier date 前次日期: of twice and two-stores: the use before
-- column: earlier_store text 前次店铺: where that was
-- column: exception text 例外: what the audit log says of who allowed it
WITH privileges AS (
    SELECT b.value AS benefit, max(p.value) AS per
    FROM program_cell AS b
    JOIN program_cell AS p ON p.effective = b.effective AND p.sheet = b.sheet
                          AND p.line = b.line AND p.heading = 'per'
    WHERE b.sheet = 'benefits.csv' AND b.heading = 'benefit' AND p.value LIKE 'birthday-%'
    GROUP BY b.value
), bought AS (
    SELECT p.member, c.text AS benefit, p.day, p.store, p.receipt
    FROM purchase AS p
    JOIN code AS c ON c.code = p.benefit
    JOIN privileges AS v ON v.benefit = c.text
    WHERE p.member IS NOT NULL AND p.kind = 0
    GROUP BY p.member, c.text, p.day, p.store, p.receipt
    HAVING sum(p.amount - p.returned) > 0 OR sum(p.amount) = 0
), gone AS (
    SELECT p.store, p.receipt, c.text AS benefit
    FROM purchase AS p JOIN code AS c ON c.code = p.benefit
    WHERE p.kind = 0
    GROUP BY p.store, p.receipt, c.text
    HAVING sum(p.amount) > 0 AND sum(p.amount) = sum(p.returned)
), uses AS (
    SELECT r.member, r.item AS benefit, r.day, r.store, r.receipt, r.request
    FROM redemption AS r JOIN privileges AS v ON v.benefit = r.item
    WHERE r.kind = 'benefit' AND r.state = 0
      AND NOT EXISTS (SELECT 1 FROM gone AS g
                      WHERE g.store = r.store AND g.receipt = r.receipt AND g.benefit = r.item)
    UNION ALL
    SELECT b.member, b.benefit, b.day, b.store, b.receipt, NULL
    FROM bought AS b
    WHERE NOT EXISTS (SELECT 1 FROM redemption AS r
                      WHERE r.member = b.member AND r.item = b.benefit AND r.day = b.day
                        AND r.kind = 'benefit' AND r.state = 0
                        AND (r.receipt IS NULL OR r.receipt = b.receipt)
                        AND (r.store IS NULL OR r.store = b.store))
), placed AS (
    SELECT u.member, u.benefit, u.day, u.store, u.receipt, u.request, m.birthday,
           CASE WHEN vip_month(vip_birthday(m.birthday, CAST(vip_year(u.day) AS INTEGER)))
                     = vip_month(u.day) THEN vip_year(u.day)
                WHEN v.per = 'birthday-month-1'
                     AND vip_month(vip_birthday(m.birthday,
                             CAST(vip_year(vip_add_months(u.day, 1)) AS INTEGER)))
                         = vip_month(vip_add_months(u.day, 1))
                    THEN vip_year(vip_add_months(u.day, 1))
           END AS in_year
    FROM uses AS u
    JOIN member AS m ON m.id = u.member
    JOIN privileges AS v ON v.benefit = u.benefit
), ordered AS (
    SELECT member, benefit, day, store, receipt, request, birthday, in_year,
           lag(day) OVER w AS earlier, lag(store) OVER w AS earlier_store
    FROM placed
    WINDOW w AS (PARTITION BY member, benefit, coalesce(in_year, vip_year(day))
                 ORDER BY day, store, receipt, request)
), findings AS (
    SELECT CASE WHEN coalesce(store, -1) <> coalesce(earlier_store, -1) THEN 'two-stores'
                ELSE 'twice' END AS finding,
           member, benefit, day, store, receipt, request, birthday, earlier, earlier_store
    FROM ordered
    WHERE earlier IS NOT NULL
    UNION ALL
    SELECT CASE WHEN birthday IS NULL THEN 'no-birthday' ELSE 'outside-month' END,
           member, benefit, day, store, receipt, request, birthday, NULL, NULL
    FROM ordered
    WHERE in_year IS NULL
)
SELECT f.finding AS finding, f.day AS "date", s.text AS store, m.member AS member,
       m.name AS name, f.birthday AS birthday, f.benefit AS benefit, f.receipt AS receipt,
       f.request AS request, f.earlier AS earlier, e.text AS earlier_store,
       (SELECT max(x.detail) FROM event AS x
        WHERE x.what = 'exception' AND x.member = f.member
          AND x.detail LIKE 'request ' || f.request || ': %') AS exception
FROM findings AS f
JOIN member AS m ON m.id = f.member
LEFT JOIN code AS s ON s.code = f.store
LEFT JOIN code AS e ON e.code = f.earlier_store
WHERE (:from IS NULL OR f.day >= :from) AND f.day <= :to
  AND (:store IS NULL OR f.store = :store OR f.earlier_store = :store)
  AND (:member IS NULL OR f.member = :member)
ORDER BY f.day, m.member, f.finding;
