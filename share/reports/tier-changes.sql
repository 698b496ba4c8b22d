-- title: Changes of tier | 等级变更
-- about: Who rose, stayed or fell: what vip-enroll and vip-tier found on the business days of the
--    period, whatever became of their output. With --tier only changes to that tier. vip-card issue
--    and vip-remind take these rows as they take those of vip-tier.
-- source: the history that vip-tier(1) keeps
-- period: this-month
-- column: member text 会员号: the member
-- column: name text 姓名: of the member
-- column: store text 店铺: where the member is looked after
-- column: consultant text 导购: who looks after the member
-- column: from text 原等级: held before; empty: none
-- column: to text 新等级: held from then on; empty: none
-- column: rule text 规则: upgrade, renewal, downgrade, lapse, revocation, grant …
-- column: evidence text 依据: what the change rests on
-- column: effective date 生效日期: the day of the change
-- column: expires date 到期日期: the last good day; empty: no end
-- column: found date 发现日期: the business day of the run that found it
SELECT m.member AS member, m.name AS name, s.text AS store, k.text AS consultant,
       c.from_tier AS "from", c.to_tier AS "to", c.rule AS rule, c.evidence AS evidence,
       c.effective AS effective, c.expires AS expires, c.run AS found
FROM tier_change AS c
JOIN member AS m ON m.id = c.member
LEFT JOIN code AS s ON s.code = m.store
LEFT JOIN code AS k ON k.code = m.consultant
WHERE (:from IS NULL OR c.run >= :from) AND (:to IS NULL OR c.run <= :to)
  AND (:tier IS NULL OR c.to_tier = :tier)
ORDER BY c.run, m.member, c.ladder, c.number;
