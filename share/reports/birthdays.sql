-- title: Birthdays | 生日会员
-- about: Active members whose birthday falls in the period, next month's without one. Lunar birthdays
--    fall where the lunar calendar puts them that year; 29 February is kept on 28 February in common
--    years.
-- source: the dates of the applications; lunar ones fall as share/calendar/lunar.csv has it
-- period: next-month
-- column: date date 日期: the day on which it falls
-- column: member text 会员号: the member
-- column: name text 姓名: of the member
-- column: phone phone 手机号: masked without --reveal
-- column: birthday text 生日: as it is on record; L: lunar
-- column: tier text 等级: held today; of several ladders the first
-- column: store text 店铺: where the member is looked after
-- column: consultant text 导购: who looks after the member
-- column: last_purchase date 最近购买: the last day with a purchase; empty: none
-- column: spent yuan 累计消费: what counts towards tiers, ever
WITH years AS (
    SELECT CAST(vip_year(coalesce(:from, :to)) AS INTEGER) AS year
    UNION
    SELECT CAST(vip_year(:to) AS INTEGER)
), days AS (
    SELECT m.id, vip_birthday(m.birthday, y.year) AS day
    FROM member AS m CROSS JOIN years AS y
    WHERE m.birthday IS NOT NULL
)
SELECT d.day AS "date", m.member AS member, m.name AS name, m.phone AS phone,
       m.birthday AS birthday,
       (SELECT t.tier FROM tier_state AS t WHERE t.member = m.id AND t.tier <> ''
        ORDER BY t.ladder LIMIT 1) AS tier,
       s.text AS store, v.text AS consultant, a.last_purchase AS last_purchase, a.spent AS spent
FROM days AS d
JOIN member AS m ON m.id = d.id
JOIN account AS a ON a.member = m.id
LEFT JOIN code AS s ON s.code = m.store
LEFT JOIN code AS v ON v.code = m.consultant
WHERE a.status = 1 AND d.day >= coalesce(:from, :to) AND d.day <= :to
  AND (:store IS NULL OR m.store = :store)
  AND (:consultant IS NULL OR m.consultant = :consultant)
  AND (:tier IS NULL OR EXISTS (SELECT 1 FROM tier_state AS t
                                WHERE t.member = m.id AND t.tier = :tier))
ORDER BY d.day, m.member;
