-- title: Near a tier | 临近升级
-- about: Active members who have begun to come up to the next tier, with what is missing and until when:
--    of each ladder the rule of which the least is missing, by the rules that vip-tier judges by.
--    Rules for one receipt are left out. The nearest stand first.
-- source: entry.csv of the programme, by the rules of vip-tier(1)
-- uses: near-tier
-- column: member text 会员号: the member
-- column: name text 姓名: of the member
-- column: phone phone 手机号: masked without --reveal
-- column: store text 店铺: where the member is looked after
-- column: consultant text 导购: who looks after the member
-- column: ladder text 体系: of the tier; empty where there is one only
-- column: held text 现等级: the tier that is held on that ladder
-- column: tier text 目标等级: the tier that is near
-- column: basis text 口径: what is counted: period, card-year, lifetime, visits or points
-- column: reached figure 已达: in the window of the rule (yuan, visits or points)
-- column: threshold figure 门槛: of the rule
-- column: missing figure 还差: until the threshold
-- column: share percent 还差比例: of the threshold
-- column: deadline date 最晚日期: the last day on which all that is reached still counts
-- column: type hidden
WITH near AS MATERIALIZED (
    SELECT c1 AS member, c2 AS ladder, c3 AS tier, c4 AS basis, c5 AS reached, c6 AS threshold,
           c7 AS missing, c8 AS share, c9 AS deadline, c10 AS type
    FROM vip_bulk
)
SELECT m.member AS member, m.name AS name, m.phone AS phone, s.text AS store,
       v.text AS consultant, n.ladder AS ladder, t.tier AS held, n.tier AS tier,
       n.basis AS basis, n.reached AS reached, n.threshold AS threshold, n.missing AS missing,
       n.share AS share, n.deadline AS deadline, n.type AS type
FROM near AS n
JOIN member AS m ON m.member = n.member
LEFT JOIN tier_state AS t ON t.member = m.id AND t.ladder = n.ladder
LEFT JOIN code AS s ON s.code = m.store
LEFT JOIN code AS v ON v.code = m.consultant
WHERE (:store IS NULL OR m.store = :store)
  AND (:consultant IS NULL OR m.consultant = :consultant)
  AND (:tier IS NULL OR n.tier = :tier)
  AND (:member IS NULL OR m.id = :member)
ORDER BY n.share, m.member, n.ladder;
