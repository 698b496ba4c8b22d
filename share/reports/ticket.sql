-- title: Average ticket and units per ticket | 客单价与连带率
-- about: What a receipt is worth and how many items are on it. Returns are left out: of a receipt
--    only its sale lines count. A receipt is what a store wrote under one number on one day, and a
--    member's when one of these lines is.
-- source: average ticket, 客单价, and units per ticket, 连带率, in vip(7)
-- period: all
-- by: buyer, tier, store, month, week, seller, category, brand
-- chart: line month average_ticket
-- chart: line week average_ticket
-- chart: bars store average_ticket
-- chart: bars seller average_ticket
-- chart: bars tier average_ticket
-- chart: bars category average_ticket
-- chart: bars brand average_ticket
-- column: buyer text 顾客类型: member or other
-- column: tier text 等级: of the member today; who holds one on each of two ladders is in both
-- column: store text 店铺: where it was sold
-- column: month text 月份: 2026-11
-- column: week date 周: the Monday on which the week begins
-- column: seller text 销售员: of the line
-- column: category text 品类: of the line
-- column: brand text 品牌: of the line
-- column: receipts count 小票数: receipts with at least one sale line (of that seller, category or brand)
-- column: items quantity 件数: pieces on them
-- column: sales yuan 销售额: what was paid for them
-- column: average_ticket yuan 客单价: sales ÷ receipts
-- column: units_per_ticket ratio 连带率: items ÷ receipts
-- column: average_price yuan 件单价: sales ÷ items
WITH receipts AS (
    SELECT CASE WHEN :by_store = 1 THEN store END AS store_key,
           CASE WHEN :by_month = 1 THEN vip_month(day) END AS month_key,
           CASE WHEN :by_week = 1 THEN day - (day + 3) % 7 END AS week_key,
           CASE WHEN :by_seller = 1 THEN seller END AS seller_key,
           CASE WHEN :by_category = 1 THEN category END AS category_key,
           CASE WHEN :by_brand = 1 THEN brand END AS brand_key,
           max(member) AS member, sum(amount) AS amount, sum(quantity) AS quantity
    FROM purchase
    WHERE kind = 0
      AND (:from IS NULL OR day >= :from) AND (:to IS NULL OR day <= :to)
      AND (:store IS NULL OR store = :store)
      AND (:category IS NULL OR category = :category)
      AND (:brand IS NULL OR brand = :brand)
    GROUP BY store, receipt, day, store_key, month_key, week_key, seller_key, category_key, brand_key
), totals AS (
    SELECT CASE WHEN :by_buyer = 1 AND r.member IS NOT NULL THEN 'member'
                WHEN :by_buyer = 1 THEN 'other' END AS buyer,
           CASE WHEN :by_tier = 1 THEN h.tier END AS tier,
           store_key, month_key, week_key, seller_key, category_key, brand_key,
           count(*) AS receipts, sum(quantity) AS quantity, sum(amount) AS amount
    FROM receipts AS r
    LEFT JOIN tier_state AS h ON h.member = r.member AND h.tier <> '' AND :by_tier = 1
    WHERE :tier IS NULL OR EXISTS (SELECT 1 FROM tier_state AS o
                                   WHERE o.member = r.member AND o.tier = :tier)
    GROUP BY buyer, h.tier, store_key, month_key, week_key, seller_key, category_key, brand_key
)
SELECT t.buyer AS buyer, t.tier AS tier, s.text AS store, t.month_key AS month, t.week_key AS week,
       v.text AS seller, c.text AS category, b.text AS brand, t.receipts AS receipts,
       t.quantity AS items, t.amount AS sales,
       vip_ratio(t.amount, t.receipts, 1) AS average_ticket,
       vip_ratio(t.quantity, t.receipts, 1) AS units_per_ticket,
       vip_ratio(t.amount, t.quantity, 100) AS average_price
FROM totals AS t
LEFT JOIN code AS s ON s.code = t.store_key
LEFT JOIN code AS v ON v.code = t.seller_key
LEFT JOIN code AS c ON c.code = t.category_key
LEFT JOIN code AS b ON b.code = t.brand_key
ORDER BY t.buyer, t.tier, s.text, t.month_key, t.week_key, v.text, c.text, b.text;
