-- title: Tiers | 等级分布
-- about: How many members each tier has, and how it came to that in the period. Members count who are
--    active or suspended today. The row without a tier is those who hold none on that ladder.
--    Who moved between which tiers: vip-report tier-moves.
-- period: all
-- chart: bars tier members
-- column: ladder text 等级系列: when the programme has more than one
-- column: tier text 等级: as the programme names it
-- column: before count 期初人数: members who held it on the eve of the period
-- column: entered count 转入人数: members who hold it at the end and did not on the eve, new ones too
-- column: left count 转出人数: members who held it on the eve and do not at the end
-- column: members count 期末人数: before + entered − left
-- column: share percent 占比: of all members on that ladder
WITH ladders AS (
    SELECT DISTINCT ladder FROM tier_change
), holders AS (
    SELECT l.ladder,
           CASE WHEN a.enrolled < :from THEN coalesce(
               (SELECT c.to_tier FROM tier_change AS c
                WHERE c.member = a.member AND c.ladder = l.ladder AND c.effective < :from
                ORDER BY c.number DESC LIMIT 1), '') END AS tier_before,
           CASE WHEN a.enrolled <= :to THEN coalesce(
               (SELECT c.to_tier FROM tier_change AS c
                WHERE c.member = a.member AND c.ladder = l.ladder AND c.effective <= :to
                ORDER BY c.number DESC LIMIT 1), '') END AS tier_after
    FROM account AS a CROSS JOIN ladders AS l
    WHERE a.status IN (1, 2)
), pairs AS (
    SELECT ladder, tier_before, tier_after, count(*) AS members
    FROM holders
    GROUP BY ladder, tier_before, tier_after
), sides AS (
    SELECT ladder, tier_before AS tier, members AS before, 0 AS entered,
           CASE WHEN tier_after = tier_before THEN 0 ELSE members END AS gone
    FROM pairs
    WHERE tier_before IS NOT NULL
    UNION ALL
    SELECT ladder, tier_after, 0, CASE WHEN tier_before = tier_after THEN 0 ELSE members END, 0
    FROM pairs
    WHERE tier_after IS NOT NULL
), totals AS (
    SELECT ladder, tier, sum(before) AS before, sum(entered) AS entered, sum(gone) AS gone,
           sum(before) + sum(entered) - sum(gone) AS members
    FROM sides
    GROUP BY ladder, tier
)
SELECT ladder AS ladder, tier AS tier, before AS before, entered AS entered, gone AS "left",
       members AS members,
       vip_ratio(members, sum(members) OVER (PARTITION BY ladder), 10000) AS share
FROM totals
ORDER BY ladder, members DESC, tier;
