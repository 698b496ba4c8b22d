-- title: The VIP month in figures | VIP月报
-- about: One page for the store manager: the figures of the period beside those of a month and of a
--    year before it. Each is defined as in the report of its own (named in brackets). A member is of
--    the store that looks after him, a sale of the store where it was sold, a change of tier and a
--    point of the member.
-- source: each figure is that of the report of its own: contribution, repurchase, ticket,
--    recruitment, dormant, liability, tier-changes, gifts, birthdays, complaints
-- period: last-month
-- column: section text 部分: members, sales, tiers, activity, points, gifts, service
-- column: item text 项目: enrolled and members (enrolments; members: active or suspended today);
--    target of the stores and target_share, enrolled ÷ target (recruitment);
--    sales, member_sales, share, receipts, member_receipts, buyers (contribution); repeat_buyers,
--    repurchase_rate (repurchase); average_ticket, units_per_ticket of members, average_ticket_others
--    (ticket); upgrades and downgrades from a tier that was held (to none is a downgrade), renewals
--    (tier-changes, by the day of their effect); dormant at the end (dormant); won_back (bought in the period after more than six
--    months without); issued (earned and bonus, less returned), redeemed (less cancelled), expired,
--    outstanding at the end, expiring in the month after the period (liability); handed_over and
--    handed_value (gifts, without cancelled ones); birthdays in the month after the period;
--    complaints (opened), complaints_closed
-- column: name text 指标: the same in Chinese
-- column: value figure 本期: in the period
-- column: before figure 上月: a month before it
-- column: change percent 环比: value ÷ before − 1
-- column: year_before figure 去年同期: a year before it
-- column: year_change percent 同比: value ÷ year_before − 1
-- column: type hidden
-- column: place hidden
WITH spans (turn, first, last) AS (
    SELECT 0, :from, :to
    UNION ALL SELECT 1, vip_add_months(:from, -1), vip_add_months(:to + 1, -1) - 1
    UNION ALL SELECT 2, vip_add_months(:from, -12), vip_add_months(:to + 1, -12) - 1
), people AS (
    SELECT a.member, a.status, a.enrolled, m.birthday
    FROM account AS a JOIN member AS m ON m.id = a.member
    WHERE :store IS NULL OR m.store = :store
), grown AS (
    SELECT s.turn,
           sum(CASE WHEN p.status NOT IN (0, 5) AND p.enrolled >= s.first
                         AND p.enrolled <= s.last THEN 1 ELSE 0 END) AS enrolled,
           sum(CASE WHEN p.status IN (1, 2) AND p.enrolled <= s.last THEN 1 ELSE 0 END) AS members
    FROM spans AS s LEFT JOIN people AS p ON p.enrolled <= s.last
    GROUP BY s.turn
), placed AS (
    SELECT t.month, t.staff, t.cards,
           coalesce(nullif(t.store, 0),
                    (SELECT p.store FROM staff_post AS p
                     WHERE p.staff = t.staff AND p.since < vip_add_months(t.month, 1)
                     ORDER BY p.since DESC LIMIT 1)) AS store
    FROM target AS t
), aims AS (
    SELECT s.turn, sum(p.cards) AS target
    FROM placed AS p
    JOIN spans AS s ON vip_add_months(p.month, 1) > s.first AND p.month <= s.last
    WHERE (:store IS NULL OR p.store = :store)
      AND (p.staff = 0 OR NOT EXISTS (SELECT 1 FROM placed AS o
                                      WHERE o.staff = 0 AND o.month = p.month
                                        AND o.store = p.store))
    GROUP BY s.turn
), receipts AS (
    SELECT s.turn, max(p.member) AS member, sum(p.amount) AS amount, sum(p.quantity) AS quantity
    FROM purchase AS p JOIN spans AS s ON p.day >= s.first AND p.day <= s.last
    WHERE p.kind = 0 AND (:store IS NULL OR p.store = :store)
    GROUP BY s.turn, p.store, p.receipt, p.day
), tickets AS (
    SELECT turn, sum(CASE WHEN member IS NULL THEN 0 ELSE amount END) AS member_amount,
           sum(CASE WHEN member IS NULL THEN 0 ELSE quantity END) AS member_quantity,
           sum(amount) AS amount
    FROM receipts
    GROUP BY turn
), sold AS (
    SELECT s.turn, v.net AS sales, v.member_net AS member_sales, v.receipts,
           v.member_receipts, v.customers AS buyers, v.buyers AS keepers,
           v.repeat_buyers AS repeats, t.member_amount, t.member_quantity, t.amount
    FROM spans AS s JOIN vip_store_sales(s.first, s.last, :store, 0, 0, 0) AS v
    LEFT JOIN tickets AS t ON t.turn = s.turn
), ranks AS (
    SELECT t.value AS tier, max(CAST(r.value AS INTEGER)) AS rank
    FROM program_cell AS t
    JOIN program_cell AS r ON r.effective = t.effective AND r.sheet = t.sheet
                          AND r.line = t.line AND r.heading = 'rank'
    WHERE t.sheet = 'tiers.csv' AND t.heading = 'tier'
    GROUP BY t.value
), moves AS (
    SELECT s.turn,
           sum(CASE WHEN c.from_tier <> '' AND coalesce(n.rank, -1) > coalesce(o.rank, -1)
                    THEN 1 ELSE 0 END) AS upgrades,
           sum(CASE WHEN c.from_tier <> '' AND coalesce(n.rank, -1) < coalesce(o.rank, -1)
                    THEN 1 ELSE 0 END) AS downgrades,
           sum(CASE WHEN c.rule = 'renewal' THEN 1 ELSE 0 END) AS renewals
    FROM tier_change AS c
    JOIN spans AS s ON c.effective >= s.first AND c.effective <= s.last
    JOIN people AS p ON p.member = c.member
    LEFT JOIN ranks AS o ON o.tier = c.from_tier
    LEFT JOIN ranks AS n ON n.tier = c.to_tier
    GROUP BY s.turn
), visits AS (
    SELECT s.turn, p.member, p.status, p.enrolled, s.last,
           (SELECT min(l.day) FROM ledger AS l
            WHERE l.member = p.member AND l.kind = 0 AND l.day >= s.first AND l.day <= s.last)
               AS came,
           (SELECT max(l.day) FROM ledger AS l
            WHERE l.member = p.member AND l.kind = 0 AND l.day < s.first) AS came_before,
           (SELECT max(l.day) FROM ledger AS l
            WHERE l.member = p.member AND l.kind = 0 AND l.day <= s.last) AS latest
    FROM people AS p CROSS JOIN spans AS s
    WHERE p.status IN (1, 2) AND p.enrolled <= s.last
), awake AS (
    SELECT turn,
           sum(CASE WHEN status = 1 AND enrolled <= vip_add_months(last, -6)
                         AND coalesce(latest, enrolled) <= vip_add_months(last, -6)
                    THEN 1 ELSE 0 END) AS dormant,
           sum(CASE WHEN came_before < vip_add_months(came, -6) THEN 1 ELSE 0 END) AS won_back
    FROM visits
    GROUP BY turn
), entries AS (
    SELECT l.member, l.entry, l.kind, l.day, l.points, l.expires
    FROM ledger AS l JOIN people AS p ON p.member = l.member
), flows AS (
    SELECT s.turn, sum(CASE WHEN e.day >= s.first AND e.kind IN (0, 1, 2) THEN e.points ELSE 0 END)
               AS issued,
           sum(CASE WHEN e.day >= s.first AND e.kind IN (3, 4) THEN -e.points ELSE 0 END)
               AS redeemed,
           sum(CASE WHEN e.day >= s.first AND e.kind = 5 THEN -e.points ELSE 0 END) AS expired
    FROM entries AS e JOIN spans AS s ON e.day <= s.last
    GROUP BY s.turn
), balances AS (
    SELECT s.turn, e.member, sum(e.points) AS points
    FROM entries AS e JOIN spans AS s ON e.day <= s.last
    GROUP BY s.turn, e.member
), outstanding AS (
    SELECT turn, sum(points) AS points FROM balances WHERE points > 0 GROUP BY turn
), lots AS (
    SELECT s.turn, e.points
    FROM entries AS e
    JOIN spans AS s ON e.day <= s.last AND e.expires > s.last
                   AND e.expires < vip_add_months(s.last + 1, 1)
    WHERE e.points > 0 AND e.kind NOT IN (4, 5)
    UNION ALL
    SELECT s.turn, -u.points
    FROM lot_use AS u
    JOIN entries AS e ON e.member = u.member AND e.entry = u.lot
    JOIN entries AS d ON d.member = u.member AND d.entry = abs(u.entry)
    JOIN spans AS s ON d.day <= s.last AND e.day <= s.last AND e.expires > s.last
                   AND e.expires < vip_add_months(s.last + 1, 1)
), ending AS (
    SELECT turn, sum(points) AS points FROM lots GROUP BY turn
), given AS (
    SELECT s.turn, sum(r.quantity) AS quantity, sum(r.value) AS value
    FROM redemption AS r JOIN spans AS s ON r.day >= s.first AND r.day <= s.last
    WHERE r.kind = 'reward' AND r.state = 0 AND (:store IS NULL OR r.store = :store)
    GROUP BY s.turn
), born AS (
    SELECT s.turn, count(*) AS members
    FROM people AS p CROSS JOIN spans AS s
    WHERE s.turn = 0 AND p.status = 1
      AND vip_birthday(p.birthday, CAST(vip_year(s.last + 1) AS INTEGER)) > s.last
      AND vip_birthday(p.birthday, CAST(vip_year(s.last + 1) AS INTEGER))
          < vip_add_months(s.last + 1, 1)
    GROUP BY s.turn
), heard AS (
    SELECT s.turn,
           sum(CASE WHEN c.opened >= s.first AND c.opened <= s.last THEN 1 ELSE 0 END) AS opened,
           sum(CASE WHEN c.closed >= s.first AND c.closed <= s.last THEN 1 ELSE 0 END) AS closed
    FROM complaint AS c CROSS JOIN spans AS s
    WHERE :store IS NULL OR c.store = :store
    GROUP BY s.turn
), figures (turn, place, section, item, name, type, value) AS (
    SELECT turn, 1, 'members', 'enrolled', '新入会', 'count', enrolled FROM grown
    UNION ALL SELECT turn, 2, 'members', 'target', '招募目标', 'count', target FROM aims
    UNION ALL SELECT a.turn, 3, 'members', 'target_share', '招募达成率', 'percent',
                     vip_ratio(g.enrolled, a.target, 10000)
              FROM aims AS a JOIN grown AS g ON g.turn = a.turn
    UNION ALL SELECT turn, 4, 'members', 'members', '期末会员数', 'count', members FROM grown
    UNION ALL SELECT turn, 10, 'sales', 'sales', '净销售额', 'yuan', sales FROM sold
    UNION ALL SELECT turn, 11, 'sales', 'member_sales', '会员净销售额', 'yuan', member_sales FROM sold
    UNION ALL SELECT turn, 12, 'sales', 'share', '会员贡献率', 'percent',
                     vip_ratio(member_sales, sales, 10000) FROM sold
    UNION ALL SELECT turn, 13, 'sales', 'receipts', '小票数', 'count', receipts FROM sold
    UNION ALL SELECT turn, 14, 'sales', 'member_receipts', '会员小票数', 'count', member_receipts
              FROM sold
    UNION ALL SELECT turn, 15, 'sales', 'buyers', '购买会员数', 'count', buyers FROM sold
    UNION ALL SELECT turn, 16, 'sales', 'repeat_buyers', '回购会员数', 'count', repeats FROM sold
    UNION ALL SELECT turn, 17, 'sales', 'repurchase_rate', '回购率', 'percent',
                     vip_ratio(repeats, keepers, 10000) FROM sold
    UNION ALL SELECT turn, 18, 'sales', 'average_ticket', '会员客单价', 'yuan',
                     vip_ratio(member_amount, member_receipts, 1) FROM sold
    UNION ALL SELECT turn, 19, 'sales', 'average_ticket_others', '非会员客单价', 'yuan',
                     vip_ratio(amount - member_amount, receipts - member_receipts, 1) FROM sold
    UNION ALL SELECT turn, 20, 'sales', 'units_per_ticket', '会员连带率', 'ratio',
                     vip_ratio(member_quantity, member_receipts, 1) FROM sold
    UNION ALL SELECT turn, 30, 'tiers', 'upgrades', '升级', 'count', upgrades FROM moves
    UNION ALL SELECT turn, 31, 'tiers', 'downgrades', '降级', 'count', downgrades FROM moves
    UNION ALL SELECT turn, 32, 'tiers', 'renewals', '续级', 'count', renewals FROM moves
    UNION ALL SELECT turn, 40, 'activity', 'dormant', '休眠会员数', 'count', dormant FROM awake
    UNION ALL SELECT turn, 41, 'activity', 'won_back', '唤回会员数', 'count', won_back FROM awake
    UNION ALL SELECT turn, 50, 'points', 'issued', '发放积分', 'points', issued FROM flows
    UNION ALL SELECT turn, 51, 'points', 'redeemed', '兑换积分', 'points', redeemed FROM flows
    UNION ALL SELECT turn, 52, 'points', 'expired', '过期积分', 'points', expired FROM flows
    UNION ALL SELECT turn, 53, 'points', 'outstanding', '期末积分余额', 'points', points
              FROM outstanding
    UNION ALL SELECT turn, 54, 'points', 'expiring', '次月到期积分', 'points', points FROM ending
    UNION ALL SELECT turn, 60, 'gifts', 'handed_over', '礼品发放数', 'count', quantity FROM given
    UNION ALL SELECT turn, 61, 'gifts', 'handed_value', '礼品价值', 'yuan', value FROM given
    UNION ALL SELECT turn, 70, 'service', 'birthdays', '次月生日会员数', 'count', members FROM born
    UNION ALL SELECT turn, 71, 'service', 'complaints', '新投诉', 'count', opened FROM heard
    UNION ALL SELECT turn, 72, 'service', 'complaints_closed', '已结投诉', 'count', closed FROM heard
), beside AS (
    SELECT place, section, item, name, type,
           max(CASE WHEN turn = 0 THEN value END) AS value,
           max(CASE WHEN turn = 1 THEN value END) AS before,
           max(CASE WHEN turn = 2 THEN value END) AS year_before
    FROM figures
    GROUP BY place, section, item, name, type
)
SELECT section AS section, item AS item, name AS name, value AS value, before AS before,
       CASE WHEN type <> 'percent' THEN vip_ratio(value - before, before, 10000) END AS change,
       year_before AS year_before,
       CASE WHEN type <> 'percent' THEN vip_ratio(value - year_before, year_before, 10000)
       END AS year_change,
       type AS type, place AS place
FROM beside
ORDER BY place;
