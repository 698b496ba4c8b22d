-- title: Tiers | 等级分布
-- about: How many members each tier has, and how it came to that in the period. Members count who are
--    active or suspended today; (none) are those who hold no tier on that ladder.
--    Who moved between which tiers: vip-report tier-moves.
-- source: the history that vip-tier(1) keeps
-- period: all
-- by: store, consultant
-- chart: bars tier members
-- column: store text 店铺: where the members are looked after
-- column: consultant text 导购: who looks after them
-- column: ladder text 等级系列: when the programme has more than one
-- column: tier text 等级: as the programme names it
-- column: before count 期初人数: members who held it on the eve of the period
-- column: entered count 转入人数: members who hold it at the end and did not on the eve, new ones too
-- column: left count 转出人数: members who held it on the eve and do not at the end
-- column: members count 期末人数: before + entered − left
-- column: share percent 占比: of all members of the group on that ladder
WITH ladders AS (
    SELECT DISTINCT ladder FROM tier_change
), holders AS (
    SELECT l.ladder, CASE WHEN :by_store = 1 THEN m.store END AS store_key,
           CASE WHEN :by_consultant = 1 THEN m.consultant END AS consultant_key,
           CASE WHEN a.enrolled < :from THEN coalesce(
               (SELECT c.to_tier FROM tier_change AS c
                WHERE c.member = a.member AND c.ladder = l.ladder AND c.effective < :from
                ORDER BY c.number DESC LIMIT 1), '') END AS tier_before,
           CASE WHEN a.enrolled <= :to THEN coalesce(
               (SELECT c.to_tier FROM tier_change AS c
                WHERE c.member = a.member AND c.ladder = l.ladder AND c.effective <= :to
                ORDER BY c.number DESC LIMIT 1), '') END AS tier_after
    FROM account AS a CROSS JOIN ladders AS l JOIN member AS m ON m.id = a.member
    WHERE a.status IN (1, 2)
      AND (:store IS NULL OR m.store = :store)
      AND (:consultant IS NULL OR m.consultant = :consultant)
), pairs AS (
    SELECT ladder, store_key, consultant_key, tier_before, tier_after, count(*) AS members
    FROM holders
    GROUP BY ladder, store_key, consultant_key, tier_before, tier_after
), sides AS (
    SELECT ladder, store_key, consultant_key, tier_before AS tier, members AS before, 0 AS entered,
           CASE WHEN tier_after = tier_before THEN 0 ELSE members END AS gone
    FROM pairs
    WHERE tier_before IS NOT NULL
    UNION ALL
    SELECT ladder, store_key, consultant_key, tier_after, 0, CASE WHEN tier_before = tier_after THEN 0 ELSE members END, 0
    FROM pairs
    WHERE tier_after IS NOT NULL
), totals AS (
    SELECT ladder, store_key, consultant_key, tier, sum(before) AS before, sum(entered) AS entered, sum(gone) AS gone,
           sum(before) + sum(entered) - sum(gone) AS members
    FROM sides
    GROUP BY ladder, store_key, consultant_key, tier
)
SELECT s.text AS store, v.text AS consultant, t.ladder AS ladder,
       coalesce(nullif(t.tier, ''), '(none)') AS tier, t.before AS before, t.entered AS entered,
       t.gone AS "left", t.members AS members,
       vip_ratio(t.members,
                 sum(t.members) OVER (PARTITION BY t.ladder, t.store_key, t.consultant_key),
                 10000) AS share
FROM totals AS t
LEFT JOIN code AS s ON s.code = t.store_key
LEFT JOIN code AS v ON v.code = t.consultant_key
ORDER BY s.text, v.text, t.ladder, t.members DESC, t.tier;
