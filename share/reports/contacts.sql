-- title: Contacts | 回访情况
-- about: The reminders that were given and fell due in the period: what came of them, for each
--    consultant. What vip-contact was not told of is still to be done.
-- source: reminders.csv of the programme, and the outcomes of vip-contact(1)
-- period: this-month
-- by: store, channel, kind
-- total: contacts, done, failed, open, overdue
-- column: consultant text 导购: who looks after the member
-- column: store text 店铺: where the member is looked after
-- column: channel text 渠道: sms, call…
-- column: kind text 类型: follow-up, birthday…
-- column: contacts count 应办: reminders
-- column: done count 已办: sent, reached or refused
-- column: failed count 未果: tried as often as the programme says, or a wrong number
-- column: open count 待办: neither, and due or given on the day of the report or later, or to be tried
--    again then
-- column: overdue count 逾期: neither, and due before
-- column: share percent 完成率: done ÷ contacts
WITH given AS (
    SELECT m.consultant AS consultant_key,
           CASE WHEN :by_store = 1 THEN m.store END AS store_key,
           CASE WHEN :by_channel = 1 THEN r.channel END AS channel,
           CASE WHEN :by_kind = 1 THEN r.kind END AS kind,
           CASE WHEN r.outcome IN ('sent', 'reached', 'refused') THEN 'done'
                WHEN r.outcome = 'wrong-number' OR (r.outcome IS NOT NULL AND r.again IS NULL
                     AND r.marked <= (SELECT max(c.day) FROM contact AS c
                                      WHERE c.member = r.member AND c.key = r.key)) THEN 'failed'
                WHEN r.due >= :as_of OR r.marked >= :as_of OR r.again >= :as_of THEN 'open'
                ELSE 'overdue' END AS state
    FROM reminder AS r JOIN member AS m ON m.id = r.member
    WHERE r.marked IS NOT NULL AND (:from IS NULL OR r.due >= :from) AND r.due <= :to
      AND (:store IS NULL OR m.store = :store)
      AND (:consultant IS NULL OR m.consultant = :consultant)
), totals AS (
    SELECT consultant_key, store_key, channel, kind, count(*) AS contacts,
           sum(CASE WHEN state = 'done' THEN 1 ELSE 0 END) AS done,
           sum(CASE WHEN state = 'failed' THEN 1 ELSE 0 END) AS failed,
           sum(CASE WHEN state = 'open' THEN 1 ELSE 0 END) AS waiting,
           sum(CASE WHEN state = 'overdue' THEN 1 ELSE 0 END) AS overdue
    FROM given GROUP BY consultant_key, store_key, channel, kind
)
SELECT v.text AS consultant, s.text AS store, t.channel AS channel, t.kind AS kind,
       t.contacts AS contacts, t.done AS done, t.failed AS failed, t.waiting AS open,
       t.overdue AS overdue, vip_ratio(t.done, t.contacts, 10000) AS share
FROM totals AS t
LEFT JOIN code AS v ON v.code = t.consultant_key
LEFT JOIN code AS s ON s.code = t.store_key
ORDER BY v.text, s.text, t.channel, t.kind;
