-- title: Moves between tiers | 等级变动
-- about: From which tier to which members came between the eve of the period and its end: the matrix
--    of movements, a row for each cell. Members count who are active or suspended today; (none)
--    is no tier, and who enrolled in the period comes from (new).
-- source: the history that vip-tier(1) keeps
-- period: this-month
-- chart: heat ladder from to share
-- column: ladder text 等级系列: when the programme has more than one
-- column: from text 期初等级: held on the eve of the period
-- column: to text 期末等级: held at its end
-- column: members count 人数: who made this move, or stayed
-- column: share percent 占比: of those who held the first tier
WITH ladders AS (
    SELECT DISTINCT ladder FROM tier_change
), holders AS (
    SELECT l.ladder,
           CASE WHEN a.enrolled < :from THEN coalesce(
               (SELECT c.to_tier FROM tier_change AS c
                WHERE c.member = a.member AND c.ladder = l.ladder AND c.effective < :from
                ORDER BY c.number DESC LIMIT 1), '') ELSE '(new)' END AS tier_before,
           coalesce(
               (SELECT c.to_tier FROM tier_change AS c
                WHERE c.member = a.member AND c.ladder = l.ladder AND c.effective <= :to
                ORDER BY c.number DESC LIMIT 1), '') AS tier_after
    FROM account AS a CROSS JOIN ladders AS l
    WHERE a.status IN (1, 2) AND a.enrolled <= :to
), pairs AS (
    SELECT ladder, tier_before, tier_after, count(*) AS members
    FROM holders
    GROUP BY ladder, tier_before, tier_after
)
SELECT ladder AS ladder, coalesce(nullif(tier_before, ''), '(none)') AS "from",
       coalesce(nullif(tier_after, ''), '(none)') AS "to", members AS members,
       vip_ratio(members, sum(members) OVER (PARTITION BY ladder, tier_before), 10000) AS share
FROM pairs
ORDER BY ladder, tier_before, members DESC, tier_after;
