-- title: Gifts handed over | 礼品发放
-- about: What was handed over for points in the period: gifts, goods, vouchers and rebates, each with
--    who gave it and who witnessed it. A cancelled one is shown, and counts for nothing. The kind
--    and the name are those of the newest version of the programme that has the reward.
-- source: the requests of vip-redeem(1)
-- period: this-month
-- column: date date 日期: of the request
-- column: store text 店铺: where it was handed over
-- column: request text 请求号: its key
-- column: member text 会员号: who got it
-- column: name text 姓名: of the member
-- column: kind text 类型: gift, goods, voucher or rebate
-- column: item text 礼品: the reward
-- column: item_name text 礼品名称: its name for customers
-- column: quantity count 数量: how many
-- column: points points 积分: that were taken for it
-- column: value yuan 价值: what it is worth
-- column: by text 经办人: who handed it over
-- column: witness text 见证人: who saw it
-- column: signatures text 签名: two (of different people), one or none
-- column: status text 状态: posted or cancelled
WITH versions AS (
    SELECT value AS reward, max(effective) AS effective
    FROM program_cell
    WHERE sheet = 'rewards.csv' AND heading = 'reward'
    GROUP BY value
), rewards AS (
    SELECT v.reward, max(CASE WHEN o.heading = 'kind' THEN o.value END) AS kind,
           max(CASE WHEN o.heading = 'name_zh' THEN o.value END) AS name_zh,
           max(CASE WHEN o.heading = 'name_en' THEN o.value END) AS name_en
    FROM versions AS v
    JOIN program_cell AS k ON k.effective = v.effective AND k.sheet = 'rewards.csv'
                          AND k.heading = 'reward' AND k.value = v.reward
    JOIN program_cell AS o ON o.effective = k.effective AND o.sheet = k.sheet AND o.line = k.line
    GROUP BY v.reward
)
SELECT r.day AS "date", s.text AS store, r.request AS request, m.member AS member,
       m.name AS name, w.kind AS kind, r.item AS item,
       coalesce(nullif(w.name_zh, ''), nullif(w.name_en, ''), r.item) AS item_name,
       r.quantity AS quantity, r.points AS points, r.value AS value, r.done_by AS "by",
       r.witness AS witness,
       CASE WHEN r.done_by IS NOT NULL AND r.witness IS NOT NULL
                 AND lower(r.done_by) <> lower(r.witness) THEN 'two'
            WHEN r.done_by IS NOT NULL OR r.witness IS NOT NULL THEN 'one'
            ELSE 'none' END AS signatures,
       CASE r.state WHEN 0 THEN 'posted' ELSE 'cancelled' END AS status
FROM redemption AS r
JOIN member AS m ON m.id = r.member
LEFT JOIN rewards AS w ON w.reward = r.item
LEFT JOIN code AS s ON s.code = r.store
WHERE r.kind = 'reward'
  AND (:from IS NULL OR r.day >= :from) AND r.day <= :to
  AND (:store IS NULL OR r.store = :store)
  AND (:member IS NULL OR r.member = :member)
ORDER BY r.day, s.text, r.request;
