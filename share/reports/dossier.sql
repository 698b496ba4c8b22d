-- title: Dossier of a member | 会员档案
-- about: All that is known of one member: the application, the fields of the form, cards, tiers,
--    points and spend, the last ten receipts and redemptions, what is lacking, and the last twenty
--    things that were done to the record, why and by whom. Phones, ID numbers and addresses are masked
--    without --reveal.
-- source: the application form (fields.csv) and what was posted since
-- period: all
-- needs: member
-- column: section text 部分: member, dossier, missing, card, tier, account, purchase, redemption or history
-- column: item text 项目: what it is
-- column: value each 内容: its value
-- column: detail text 说明: more of it
-- column: type hidden
-- column: place hidden
-- column: turn hidden
WITH person AS (
    SELECT m.*, a.status, a.enrolled, a.balance, a.spent AS total, a.first_purchase,
           a.last_purchase
    FROM member AS m JOIN account AS a ON a.member = m.id
    WHERE m.id = :member
), cells AS (
    SELECT line, heading, value
    FROM program_in_force
    WHERE sheet = 'fields.csv' AND :as_of BETWEEN since AND until
), fields AS (
    SELECT line, max(CASE WHEN heading = 'field' THEN value END) AS field,
           max(CASE WHEN heading = 'label_zh' THEN value END) AS label
    FROM cells
    GROUP BY line
), receipts AS (
    SELECT l.store, l.ref, l.day, sum(l.amount) AS amount, sum(l.points) AS points
    FROM ledger AS l
    WHERE l.member = :member AND l.kind IN (0, 1) AND l.day <= :to
      AND (:from IS NULL OR l.day >= :from)
    GROUP BY l.store, l.ref, l.day
    ORDER BY l.day DESC, l.ref DESC
    LIMIT 10
), requests AS (
    SELECT r.request, r.day, r.kind, r.item, r.points, r.state
    FROM redemption AS r
    WHERE r.member = :member AND r.day <= :to AND (:from IS NULL OR r.day >= :from)
    ORDER BY r.day DESC, r.request DESC
    LIMIT 10
), events AS (
    SELECT e.event, b.as_of, e.what, e.detail, b.login
    FROM event AS e JOIN batch AS b ON b.batch = e.batch
    WHERE e.member = :member AND b.as_of <= :to AND (:from IS NULL OR b.as_of >= :from)
    ORDER BY e.event DESC
    LIMIT 20
)
SELECT 'member' AS section, 'member' AS item, member AS value, NULL AS detail, 'text' AS type,
       1 AS place, 1 AS turn FROM person
UNION ALL SELECT 'member', 'name', name, NULL, 'text', 1, 2 FROM person
UNION ALL SELECT 'member', 'phone', phone, NULL, 'phone', 1, 3 FROM person
UNION ALL SELECT 'member', 'birthday', birthday, NULL, 'text', 1, 4 FROM person
UNION ALL SELECT 'member', 'gender', gender, NULL, 'text', 1, 5 FROM person
UNION ALL SELECT 'member', 'id_no', id_no, NULL, 'id_no', 1, 6 FROM person
UNION ALL SELECT 'member', 'address', address, NULL, 'address', 1, 7 FROM person
UNION ALL SELECT 'member', 'email', email, NULL, 'email', 1, 8 FROM person
UNION ALL SELECT 'member', 'store', s.text, NULL, 'text', 1, 9
          FROM person AS p LEFT JOIN code AS s ON s.code = p.store
UNION ALL SELECT 'member', 'consultant', s.text, NULL, 'text', 1, 10
          FROM person AS p LEFT JOIN code AS s ON s.code = p.consultant
UNION ALL SELECT 'member', 'enrolled', enrolled, source, 'date', 1, 11 FROM person
UNION ALL SELECT 'member', 'referrer', r.member, r.name, 'text', 1, 12
          FROM person AS p JOIN member AS r ON r.id = p.referrer
UNION ALL SELECT 'member', 'status',
                 CASE status WHEN 0 THEN 'pending' WHEN 1 THEN 'active' WHEN 2 THEN 'suspended'
                             WHEN 3 THEN 'cancelled' WHEN 4 THEN 'forgotten' ELSE 'merged' END,
                 NULL, 'text', 1, 13 FROM person
UNION ALL SELECT 'member', 'consent_sms', CASE consent_sms WHEN 0 THEN 'no' ELSE 'yes' END, NULL,
                 'text', 1, 14 FROM person
UNION ALL SELECT 'member', 'consent_call', CASE consent_call WHEN 0 THEN 'no' ELSE 'yes' END, NULL,
                 'text', 1, 15 FROM person
UNION ALL SELECT 'dossier', d.field, d.value, f.label, 'text', 2, coalesce(f.line, 1000)
          FROM dossier AS d LEFT JOIN fields AS f ON f.field = d.field
          WHERE d.member = :member
UNION ALL SELECT 'missing', f.field, NULL, f.label, 'text', 3, f.line
          FROM fields AS f CROSS JOIN person AS p
          WHERE CASE f.field WHEN 'name' THEN p.name WHEN 'phone' THEN p.phone
                             WHEN 'birthday' THEN p.birthday WHEN 'id_no' THEN p.id_no
                             WHEN 'gender' THEN p.gender WHEN 'address' THEN p.address
                             WHEN 'email' THEN p.email
                             ELSE (SELECT d.value FROM dossier AS d
                                   WHERE d.member = p.id AND d.field = f.field) END IS NULL
UNION ALL SELECT 'card', c.card,
                 CASE c.state WHEN 0 THEN 'issued' WHEN 1 THEN 'active' WHEN 2 THEN 'lost'
                              WHEN 3 THEN 'replaced' WHEN 4 THEN 'expired'
                              ELSE 'cancelled' END,
                 vip_date(c.issued) || ' – ' || coalesce(vip_date(c.expires), ''), 'text', 4,
                 c.issued
          FROM card AS c WHERE c.member = :member
UNION ALL SELECT 'tier', CASE t.ladder WHEN '' THEN 'tier' ELSE t.ladder END,
                 t.tier, vip_date(t.since) || ' – ' || coalesce(vip_date(t.expires), ''),
                 'text', 5, 1
          FROM tier_state AS t WHERE t.member = :member
UNION ALL SELECT 'account', 'points', balance, NULL, 'points', 6, 1 FROM person
UNION ALL SELECT 'account', 'spent', total, NULL, 'yuan', 6, 2 FROM person
UNION ALL SELECT 'account', 'spent_12_months',
                 coalesce((SELECT sum(l.amount) FROM ledger AS l
                           WHERE l.member = :member AND l.day <= :to AND l.spend_day <= :to
                             AND l.spend_day > vip_add_months(:to, -12)), 0),
                 NULL, 'yuan', 6, 3 FROM person
UNION ALL SELECT 'account', 'first_purchase', first_purchase, NULL, 'date', 6, 4 FROM person
UNION ALL SELECT 'account', 'last_purchase', last_purchase, NULL, 'date', 6, 5 FROM person
UNION ALL SELECT 'purchase', vip_date(r.day), r.amount,
                 coalesce(s.text, '') || ' ' || coalesce(r.ref, ''), 'yuan', 7, -r.day
          FROM receipts AS r LEFT JOIN code AS s ON s.code = r.store
UNION ALL SELECT 'redemption', vip_date(r.day), r.points,
                 r.kind || ' ' || r.item || CASE r.state WHEN 0 THEN '' ELSE ' (cancelled)' END,
                 'points', 8, -r.day
          FROM requests AS r
UNION ALL SELECT 'history', what, as_of,
                 coalesce(detail || ' ', '') || '(' || login || ')', 'date', 9, -event
          FROM events
ORDER BY place, turn, item, detail;
