-- title: Eligible for rebates and vouchers | 可兑换返利与礼券
-- about: Active members who can have a rebate or a voucher in the period (next month's when none is
--    given) for the points they have today, each with the dearest they can pay: due, what falls due
--    with a card year that ends in the period, for points that last until that day; can-have, what
--    can be had in a month of the period, for points that last until its first day. Then runs-out:
--    vouchers still open whose last day is in the period. Rewards and tiers are those of today;
--    stock, limits and signatures are asked for when it is redeemed.
-- source: rewards.csv of the programme, by the rules of vip-redeem(1) --offers
-- period: next-month
-- total: value
-- column: what text 类别: due, can-have or runs-out
-- column: member text 会员号: the member
-- column: name text 姓名: of the member
-- column: phone phone 手机号: masked without --reveal
-- column: store text 店铺: where the member is looked after
-- column: consultant text 导购: who looks after the member
-- column: item text 项目: the reward
-- column: item_name text 名称: its name for customers
-- column: points points 可用积分: what the member has for it
-- column: cost points 所需积分: what it costs; of a voucher that was given: empty
-- column: value yuan 价值: what it is worth
-- column: date date 日期: of due: the end of the card year; of runs-out: the last day
WITH RECURSIVE months (first) AS (
    SELECT coalesce(:from, :as_of) + 1
           - CAST(substr(vip_date(coalesce(:from, :as_of)), 9, 2) AS INTEGER)
    UNION ALL
    SELECT vip_add_months(first, 1) FROM months WHERE vip_add_months(first, 1) <= :to
), cells AS (
    SELECT line, heading, value
    FROM program_in_force
    WHERE sheet = 'rewards.csv' AND :as_of BETWEEN since AND until
), rewards AS (
    SELECT max(CASE WHEN heading = 'reward' THEN value END) AS reward,
           max(CASE WHEN heading = 'kind' THEN value END) AS kind,
           coalesce(nullif(max(CASE WHEN heading = 'name_zh' THEN value END), ''),
                    nullif(max(CASE WHEN heading = 'name_en' THEN value END), ''),
                    max(CASE WHEN heading = 'reward' THEN value END)) AS name,
           CAST(max(CASE WHEN heading = 'cost' THEN value END) AS INTEGER) AS cost,
           CAST(round(100 * max(CASE WHEN heading = 'value' THEN CAST(value AS REAL) END))
                AS INTEGER) AS value,
           coalesce(max(CASE WHEN heading = 'due' THEN value END), '') AS due,
           '|' || replace(coalesce(max(CASE WHEN heading = 'months' THEN value END), ''), ' ', '')
               || '|' AS months,
           '|' || replace(coalesce(max(CASE WHEN heading = 'tier' THEN value END), ''), ' ', '')
               || '|' AS tiers
    FROM cells
    GROUP BY line
), offered AS (
    SELECT reward, name, cost, value, due, tiers
    FROM rewards
    WHERE (kind IN ('rebate', 'voucher') OR due = 'card-year')
      AND (due = 'card-year' OR months = '||'
           OR EXISTS (SELECT 1 FROM months AS m
                      WHERE rewards.months
                            LIKE '%|' || CAST(substr(vip_month(m.first), 6, 2) AS INTEGER) || '|%'))
), years (year) AS (
    SELECT CAST(vip_year(coalesce(:from, :as_of)) AS INTEGER)
    UNION
    SELECT CAST(vip_year(:to) AS INTEGER)
), ends AS (
    SELECT c.member, c.issued, c.expires,
           vip_add_months(c.expires, 12 * (y.year - CAST(vip_year(c.expires) AS INTEGER))) AS day
    FROM card AS c CROSS JOIN years AS y
    WHERE c.state = 1 AND c.virtual = 0 AND c.expires IS NOT NULL
), due_days AS (
    SELECT member, min(day) AS day
    FROM ends
    WHERE day >= coalesce(:from, :as_of) AND day <= :to AND day > issued AND day <= expires
    GROUP BY member
), candidates AS (
    SELECT a.member, a.balance, a.next_expiry, d.day, coalesce(d.day, coalesce(:from, :as_of)) AS needed, 1 AS due
    FROM due_days AS d JOIN account AS a ON a.member = d.member
    WHERE a.status = 1 AND a.balance > 0
    UNION ALL
    SELECT a.member, a.balance, a.next_expiry, NULL, coalesce(:from, :as_of), 0
    FROM account AS a
    WHERE a.status = 1 AND a.enrolled <= :to
      AND a.balance >= (SELECT min(o.cost) FROM offered AS o WHERE o.due <> 'card-year')
), purses AS (
    SELECT c.member, c.day, c.due,
           c.balance - CASE WHEN c.next_expiry < c.needed THEN coalesce(
               (SELECT sum(l.points - coalesce((SELECT sum(u.points) FROM lot_use AS u
                                                WHERE u.member = l.member AND u.lot = l.entry), 0))
                FROM ledger AS l
                WHERE l.member = c.member AND l.points > 0 AND l.kind NOT IN (4, 5)
                  AND l.expires < c.needed), 0) ELSE 0 END AS points
    FROM candidates AS c
), choices AS (
    SELECT p.member, p.day, p.due, p.points, o.reward, o.name, o.cost, o.value,
           row_number() OVER (PARTITION BY p.member, p.due
                              ORDER BY o.cost DESC, o.value DESC, o.reward) AS place
    FROM purses AS p
    JOIN offered AS o ON o.cost <= p.points
                     AND p.due = CASE WHEN o.due = 'card-year' THEN 1 ELSE 0 END
                     AND (o.tiers = '||'
                          OR EXISTS (SELECT 1 FROM tier_state AS t
                                     WHERE t.member = p.member AND t.tier <> ''
                                       AND CASE WHEN o.tiers LIKE '|!%'
                                                THEN replace(o.tiers, '!', '')
                                                     NOT LIKE '%|' || t.tier || '|%'
                                                ELSE o.tiers LIKE '%|' || t.tier || '|%' END))
), found AS (
    SELECT CASE WHEN due = 1 THEN 'due' ELSE 'can-have' END AS what, member, reward, name, points,
           cost, value, day
    FROM choices
    WHERE place = 1
    UNION ALL
    SELECT 'runs-out', v.member, v.reward, coalesce(r.name, v.reward), a.balance, NULL, v.value,
           v.expires
    FROM voucher AS v
    JOIN account AS a ON a.member = v.member
    LEFT JOIN rewards AS r ON r.reward = v.reward
    WHERE v.state = 0 AND a.status = 1 AND v.expires >= coalesce(:from, :as_of) AND v.expires <= :to
)
SELECT f.what AS what, m.member AS member, m.name AS name, m.phone AS phone, s.text AS store,
       k.text AS consultant, f.reward AS item, f.name AS item_name, f.points AS points,
       f.cost AS cost, f.value AS value, f.day AS "date"
FROM found AS f
JOIN member AS m ON m.id = f.member
LEFT JOIN code AS s ON s.code = m.store
LEFT JOIN code AS k ON k.code = m.consultant
WHERE (:store IS NULL OR m.store = :store)
  AND (:consultant IS NULL OR m.consultant = :consultant)
  AND (:member IS NULL OR f.member = :member)
ORDER BY f.what, f.day, m.member, f.reward;
