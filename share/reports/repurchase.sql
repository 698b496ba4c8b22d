-- title: Repurchase | 回购率
-- about: The share of buying members who bought on more than one day of the period. Days count, not
--    receipts; a line that came back whole was not bought, so that an exchange is no repurchase.
--    With groups each row stands for itself: a member who bought on one day in each of two months
--    is a buyer of both and a repeat buyer of neither.
-- source: repurchase rate, 回购率, in vip(7): buying members who bought more than once
-- period: all
-- by: store, month, consultant, tier, category, brand
-- chart: line month repurchase_rate
-- chart: bars store repurchase_rate
-- chart: bars consultant repurchase_rate
-- chart: bars tier repurchase_rate
-- chart: bars category repurchase_rate
-- chart: bars brand repurchase_rate
-- column: store text 店铺: where it was bought
-- column: month text 月份: 2026-11
-- column: consultant text 导购: who looks after the member today
-- column: tier text 等级: held today; who holds one on each of two ladders is in both
-- column: category text 品类: of the line
-- column: brand text 品牌: of the line
-- column: buyers count 购买会员数: members who bought something and did not bring all of it back
-- column: repeat_buyers count 回购会员数: those who did so on two days or more
-- column: repurchase_rate percent 回购率: repeat_buyers ÷ buyers
-- column: purchase_days count 购买天数: days on which each of them bought, summed
-- column: days_per_buyer ratio 人均购买天数: purchase_days ÷ buyers
-- Stores and months are counted from the days that the postings keep (store_day), which say the same;
-- everything else from the lines.
WITH days AS (
    SELECT DISTINCT CASE WHEN :by_store = 1 THEN p.store END AS store_key,
           CASE WHEN :by_month = 1 THEN vip_month(p.day) END AS month_key,
           CASE WHEN :by_consultant = 1 THEN m.consultant END AS consultant_key,
           CASE WHEN :by_tier = 1 THEN t.tier END AS tier_key,
           CASE WHEN :by_category = 1 THEN p.category END AS category_key,
           CASE WHEN :by_brand = 1 THEN p.brand END AS brand_key,
           p.member, p.day
    FROM purchase AS p
    LEFT JOIN member AS m
           ON m.id = p.member AND (:by_consultant = 1 OR :consultant IS NOT NULL)
    LEFT JOIN tier_state AS t ON t.member = p.member AND t.tier <> '' AND :by_tier = 1
    WHERE (:by_consultant = 1 OR :by_tier = 1 OR :by_category = 1 OR :by_brand = 1 OR :category IS NOT NULL
           OR :brand IS NOT NULL OR :consultant IS NOT NULL OR :tier IS NOT NULL)
      AND p.member IS NOT NULL AND p.kind = 0 AND p.amount > p.returned
      AND (:from IS NULL OR p.day >= :from) AND (:to IS NULL OR p.day <= :to)
      AND (:store IS NULL OR p.store = :store)
      AND (:category IS NULL OR p.category = :category)
      AND (:brand IS NULL OR p.brand = :brand)
      AND (:consultant IS NULL OR m.consultant = :consultant)
      AND (:tier IS NULL OR EXISTS (SELECT 1 FROM tier_state AS s
                                    WHERE s.member = p.member AND s.tier = :tier))
), members AS (
    SELECT store_key, month_key, consultant_key, tier_key, category_key, brand_key, member,
           count(*) AS days
    FROM days
    GROUP BY store_key, month_key, consultant_key, tier_key, category_key, brand_key, member
), totals AS (
    SELECT store_key, month_key, consultant_key, tier_key, category_key, brand_key,
           count(*) AS buyers, sum(CASE WHEN days > 1 THEN 1 ELSE 0 END) AS repeat_buyers,
           sum(days) AS days
    FROM members
    GROUP BY store_key, month_key, consultant_key, tier_key, category_key, brand_key
    UNION ALL
    SELECT store, vip_month(month), NULL, NULL, NULL, NULL, buyers, repeat_buyers, purchase_days
    FROM vip_store_sales(:from, :to, :store, :by_store, :by_month, 0)
    WHERE buyers > 0 AND :by_consultant = 0 AND :by_tier = 0 AND :by_category = 0 AND :by_brand = 0
      AND :category IS NULL AND :brand IS NULL AND :consultant IS NULL AND :tier IS NULL
)
SELECT s.text AS store, t.month_key AS month, v.text AS consultant, t.tier_key AS tier, c.text AS category,
       b.text AS brand, t.buyers AS buyers, t.repeat_buyers AS repeat_buyers,
       vip_ratio(t.repeat_buyers, t.buyers, 10000) AS repurchase_rate,
       t.days AS purchase_days, vip_ratio(t.days, t.buyers, 100) AS days_per_buyer
FROM totals AS t
LEFT JOIN code AS s ON s.code = t.store_key
LEFT JOIN code AS v ON v.code = t.consultant_key
LEFT JOIN code AS c ON c.code = t.category_key
LEFT JOIN code AS b ON b.code = t.brand_key
ORDER BY s.text, t.month_key, v.text, t.tier_key, c.text, b.text;
