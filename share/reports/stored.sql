-- title: Stored value | 储值余额
-- about: What each member has stored at the end of the period, principal and bonus apart, and what
--    came and went within it. A member is listed who has something stored, or for whom something
--    was posted in the period. Stored is opening + paid in + given − spent + given back.
-- source: the ledger of stored value: vip-accrue(1) --topup and vip-redeem(1)
-- period: all
-- total: principal, bonus, stored, opening, paid_in, given, spent, given_back
-- column: member text 会员号: the member
-- column: name text 姓名: of the member
-- column: store text 店铺: where the member is looked after
-- column: principal yuan 本金余额: paid in and not spent yet
-- column: bonus yuan 赠额余额: given by the shop and not spent yet
-- column: stored yuan 储值余额: principal + bonus
-- column: opening yuan 期初余额: stored before the period
-- column: paid_in yuan 充值: principal paid in within the period
-- column: given yuan 赠送额: bonus given with it
-- column: spent yuan 消费: of both, within the period
-- column: given_back yuan 退回: by refunds and cancellations
-- column: last date 最近变动: the day of the last entry up to the end of the period
WITH sums AS (
    SELECT member, sum(principal) AS principal, sum(bonus) AS bonus,
           coalesce(sum(principal + bonus) FILTER (WHERE day < :from), 0) AS opening,
           coalesce(sum(principal) FILTER (WHERE kind = 0 AND (:from IS NULL OR day >= :from)), 0)
               AS paid_in,
           coalesce(sum(bonus) FILTER (WHERE kind = 1 AND (:from IS NULL OR day >= :from)), 0)
               AS given,
           coalesce(sum(-principal - bonus) FILTER (WHERE kind = 2
               AND (:from IS NULL OR day >= :from)), 0) AS spent,
           coalesce(sum(principal + bonus) FILTER (WHERE kind IN (3, 4)
               AND (:from IS NULL OR day >= :from)), 0) AS given_back,
           max(day) AS last
    FROM stored_ledger
    WHERE day <= :to AND (:member IS NULL OR member = :member)
      AND NOT EXISTS (SELECT 1 FROM merged AS g WHERE g.member = stored_ledger.member)
    GROUP BY member
)
SELECT m.member AS member, m.name AS name, c.text AS store, s.principal AS principal,
       s.bonus AS bonus, s.principal + s.bonus AS stored, s.opening AS opening,
       s.paid_in AS paid_in, s.given AS given, s.spent AS spent, s.given_back AS given_back,
       s.last AS last
FROM sums AS s
JOIN member AS m ON m.id = s.member
LEFT JOIN code AS c ON c.code = m.store
WHERE (s.principal + s.bonus <> 0 OR :from IS NULL OR s.last >= :from)
  AND (:store IS NULL OR m.store = :store)
  AND (:tier IS NULL OR EXISTS (SELECT 1 FROM tier_state AS t
                                WHERE t.member = s.member AND t.tier = :tier))
ORDER BY m.member;
