-- title: Classes of members | 会员分级 A/B/C/D
-- about: Members by what they spent in the period, into the classes of the programme's classes.csv
--    with basis yearly-spend that is in force on the last day: each into the one with the highest
--    threshold that is reached (≥). Without a first day the period is the twelve months to its end.
--    Spend is what counts towards tiers, a return on the day of its original, as it was known on the
--    last day. Members count who are active or suspended today and had enrolled by then. Classes by
--    share of profit need costs, which the programme does not know.
-- source: classes.csv of the programme, vip-programme(5)
-- period: all
-- by: store, consultant
-- total: members, spend
-- chart: bars class members
-- column: store text 店铺: where the members are looked after
-- column: consultant text 导购: who looks after them
-- column: class text 级别: as classes.csv names it; empty: below all of them
-- column: threshold yuan 起点: from which on a member is in it
-- column: members count 会员数: members in it
-- column: share percent 会员占比: members ÷ all members of the group
-- column: spend yuan 消费额: of these members in the period
-- column: spend_share percent 消费占比: spend ÷ spend of all members of the group
-- column: average yuan 人均消费: spend ÷ members
WITH cells AS (
    SELECT line, heading, value
    FROM program_in_force
    WHERE sheet = 'classes.csv' AND :to BETWEEN since AND until
), rungs AS (
    SELECT max(CASE WHEN heading = 'class' THEN value END) AS class,
           CAST(round(100 * max(CASE WHEN heading = 'threshold' THEN CAST(value AS REAL) END))
                AS INTEGER) AS threshold
    FROM cells
    GROUP BY line
    HAVING max(CASE WHEN heading = 'basis' THEN value END) = 'yearly-spend'
), spends AS (
    SELECT CASE WHEN :by_store = 1 THEN m.store END AS store_key,
           CASE WHEN :by_consultant = 1 THEN m.consultant END AS consultant_key,
           coalesce((SELECT sum(l.amount) FROM ledger AS l
                     WHERE l.member = a.member AND l.day <= :to AND l.spend_day <= :to
                       AND l.spend_day > coalesce(:from - 1, vip_add_months(:to, -12))), 0)
               AS spend
    FROM account AS a JOIN member AS m ON m.id = a.member
    WHERE a.status IN (1, 2) AND a.enrolled <= :to AND EXISTS (SELECT 1 FROM rungs)
      AND (:store IS NULL OR m.store = :store)
      AND (:consultant IS NULL OR m.consultant = :consultant)
), classed AS (
    SELECT store_key, consultant_key, spend,
           (SELECT max(r.threshold) FROM rungs AS r WHERE r.threshold <= s.spend) AS threshold
    FROM spends AS s
), totals AS (
    SELECT store_key, consultant_key, threshold, count(*) AS members, sum(spend) AS spend
    FROM classed
    GROUP BY store_key, consultant_key, threshold
)
SELECT s.text AS store, v.text AS consultant, r.class AS class, t.threshold AS threshold,
       t.members AS members,
       vip_ratio(t.members, sum(t.members) OVER (PARTITION BY t.store_key, t.consultant_key),
                 10000) AS share,
       t.spend AS spend,
       vip_ratio(t.spend, sum(t.spend) OVER (PARTITION BY t.store_key, t.consultant_key), 10000)
           AS spend_share,
       vip_ratio(t.spend, t.members, 1) AS average
FROM totals AS t
LEFT JOIN rungs AS r ON r.threshold = t.threshold
LEFT JOIN code AS s ON s.code = t.store_key
LEFT JOIN code AS v ON v.code = t.consultant_key
ORDER BY s.text, v.text, coalesce(t.threshold, -1) DESC, r.class;
