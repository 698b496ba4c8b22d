-- title: Complaints | 投诉处理
-- about: The complaints that were opened in the period, and how far each has come.
-- source: the eight steps of vip-contact(1)
-- period: this-year
-- total: compensation
-- column: complaint text 投诉号: its key
-- column: member text 会员号: who complained
-- column: name text 姓名: of the member
-- column: store text 店铺: where it was heard
-- column: step text 步骤: the last one
-- column: by text 经办人: who took it
-- column: opened date 开立日期: when it was heard
-- column: apologised date 致歉日期: when somebody apologised
-- column: cause text 投诉原因: what was found
-- column: remedy text 解决方案: what was done
-- column: compensation yuan 补偿: what it was worth
-- column: confirmed date 确认日期: when the customer was content
-- column: closed date 结案日期: when it was closed
-- column: followed_up date 复访日期: when somebody looked again
-- column: days count 天数: from the first day to the closing, or to the day of the report
WITH steps AS (
    SELECT complaint,
           max(CASE WHEN step = 1 THEN day END) AS apologised,
           max(CASE WHEN step = 2 THEN note END) AS cause,
           max(CASE WHEN step = 3 THEN note END) AS remedy,
           max(CASE WHEN step = 4 THEN amount END) AS compensation,
           max(CASE WHEN step = 5 THEN day END) AS confirmed,
           max(CASE WHEN step = 7 THEN day END) AS followed_up
    FROM complaint_step GROUP BY complaint
)
SELECT c.complaint AS complaint, m.member AS member, m.name AS name, s.text AS store,
       CASE c.step WHEN 0 THEN 'heard' WHEN 1 THEN 'apologised' WHEN 2 THEN 'cause'
            WHEN 3 THEN 'remedy' WHEN 4 THEN 'compensation' WHEN 5 THEN 'confirmed'
            WHEN 6 THEN 'closed' ELSE 'followed-up' END AS step,
       (SELECT l.done_by FROM complaint_step AS l
        WHERE l.complaint = c.complaint AND l.step = c.step) AS by,
       c.opened AS opened, t.apologised AS apologised, t.cause AS cause, t.remedy AS remedy,
       t.compensation AS compensation, t.confirmed AS confirmed, c.closed AS closed,
       t.followed_up AS followed_up, coalesce(c.closed, :as_of) - c.opened AS days
FROM complaint AS c
JOIN steps AS t ON t.complaint = c.complaint
JOIN member AS m ON m.id = c.member
LEFT JOIN code AS s ON s.code = c.store
WHERE (:from IS NULL OR c.opened >= :from) AND c.opened <= :to
  AND (:store IS NULL OR c.store = :store)
  AND (:member IS NULL OR c.member = :member)
ORDER BY c.opened, c.complaint;
