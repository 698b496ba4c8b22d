-- title: Contribution of members | VIP贡献率
-- about: What members bought, as a share of all sales. Net of returns: a return counts against the
--    day on which it came back. A receipt is what a store wrote under one number on one day, with
--    at least one line that is a sale; it is a member's when such a line is.
-- source: contribution rate, VIP贡献率, in vip(7): members' share of all sales
-- period: all
-- by: store, month, week, category, brand
-- chart: line month sales member_sales
-- chart: line week sales member_sales
-- chart: bars store sales member_sales
-- chart: bars category sales member_sales
-- chart: bars brand sales member_sales
-- column: store text 店铺: where it was sold
-- column: month text 月份: 2026-11
-- column: week date 周: the Monday on which the week begins
-- column: category text 品类: of the line
-- column: brand text 品牌: of the line
-- column: sales yuan 净销售额: sales less returns, to anybody
-- column: member_sales yuan 会员净销售额: the same, to members
-- column: share percent 会员贡献率: member_sales ÷ sales; empty when nothing was sold on balance
-- column: receipts count 小票数: of the group; with lines of two categories or brands one of each
-- column: member_receipts count 会员小票数: those of members
-- column: receipt_share percent 会员小票占比: member_receipts ÷ receipts
-- column: buyers count 购买会员数: members with at least one such line
-- Stores, months and weeks are added up from the days that the postings keep (store_day), which are
-- the same sums; categories and brands from the lines.
WITH lines AS NOT MATERIALIZED (
    SELECT CASE WHEN :by_store = 1 THEN store END AS store_key,
           CASE WHEN :by_month = 1 THEN vip_month(day) END AS month_key,
           CASE WHEN :by_week = 1 THEN day - (day + 3) % 7 END AS week_key,
           CASE WHEN :by_category = 1 THEN category END AS category_key,
           CASE WHEN :by_brand = 1 THEN brand END AS brand_key,
           store, receipt, day, kind = 0 AS sold, CASE WHEN kind = 0 THEN member END AS member,
           CASE WHEN kind = 0 THEN amount ELSE -amount END AS net,
           CASE WHEN member IS NULL THEN 0 WHEN kind = 0 THEN amount ELSE -amount END AS member_net
    FROM purchase
    WHERE (:by_category = 1 OR :by_brand = 1 OR :category IS NOT NULL OR :brand IS NOT NULL)
      AND (:from IS NULL OR day >= :from) AND (:to IS NULL OR day <= :to)
      AND (:store IS NULL OR store = :store)
      AND (:category IS NULL OR category = :category)
      AND (:brand IS NULL OR brand = :brand)
), receipts AS (
    SELECT store_key, month_key, week_key, category_key, brand_key, max(sold) AS sold,
           CASE WHEN max(member) IS NULL THEN 0 ELSE 1 END AS member_sold, sum(net) AS net,
           sum(member_net) AS member_net
    FROM lines
    GROUP BY store, receipt, day, category_key, brand_key
), parts AS (
    SELECT store AS store_key, vip_month(month) AS month_key, week AS week_key,
           NULL AS category_key, NULL AS brand_key, net, member_net, receipts AS sold,
           member_receipts AS member_sold, customers AS buyers
    FROM vip_store_sales(:from, :to, :store, :by_store, :by_month, :by_week)
    WHERE :by_category = 0 AND :by_brand = 0 AND :category IS NULL AND :brand IS NULL
    UNION ALL
    SELECT store_key, month_key, week_key, category_key, brand_key,
           sum(net), sum(member_net), sum(sold), sum(member_sold), 0
    FROM receipts
    GROUP BY store_key, month_key, week_key, category_key, brand_key
    UNION ALL
    SELECT store_key, month_key, week_key, category_key, brand_key, 0, 0, 0, 0,
           count(DISTINCT member)
    FROM lines
    GROUP BY store_key, month_key, week_key, category_key, brand_key
), totals AS (
    SELECT store_key, month_key, week_key, category_key, brand_key, sum(net) AS net,
           sum(member_net) AS member_net, sum(sold) AS sold, sum(member_sold) AS member_sold,
           sum(buyers) AS buyers
    FROM parts
    GROUP BY store_key, month_key, week_key, category_key, brand_key
)
SELECT s.text AS store, t.month_key AS month, t.week_key AS week, c.text AS category,
       b.text AS brand, t.net AS sales, t.member_net AS member_sales,
       vip_ratio(t.member_net, t.net, 10000) AS share,
       t.sold AS receipts, t.member_sold AS member_receipts,
       vip_ratio(t.member_sold, t.sold, 10000) AS receipt_share,
       t.buyers AS buyers
FROM totals AS t
LEFT JOIN code AS s ON s.code = t.store_key
LEFT JOIN code AS c ON c.code = t.category_key
LEFT JOIN code AS b ON b.code = t.brand_key
ORDER BY s.text, t.month_key, t.week_key, c.text, b.text;
