-- Reminders: which events can make a contact due, what a message needs to know, what was given.

-- name: remind_purchased
SELECT b.member, b.day FROM bought AS b JOIN account AS a ON a.member = b.member
WHERE b.day BETWEEN ?1 AND ?2 AND a.last_purchase = b.day AND a.status = 1;

-- name: remind_overtaken
-- Days in a window that were the last purchase once, of who has bought again behind a day.
SELECT b.member, b.day FROM bought AS b JOIN account AS a ON a.member = b.member
WHERE b.day BETWEEN ?1 AND ?2 AND a.last_purchase > b.day AND a.last_purchase > ?3 AND a.status = 1;

-- name: remind_days
SELECT DISTINCT day FROM ledger WHERE member = ?1 AND kind = 0 AND day >= ?2 ORDER BY day;

-- name: remind_posted_since
-- Whether a purchase of that day was posted after a batch.
SELECT 1 FROM ledger WHERE member = ?1 AND kind = 0 AND day = ?2 AND batch > ?3 LIMIT 1;

-- name: remind_points_on
SELECT sum(points) FROM ledger WHERE member = ?1 AND day = ?2 AND kind IN (0, 1, 2);

-- name: remind_born
SELECT m.id, m.birthday FROM member AS m JOIN account AS a ON a.member = m.id
WHERE m.birth_month = ?1 AND m.birth_day = ?2 AND a.status = 1;

-- name: remind_points_end
-- What is left of the lots that end on each day, and the last batch that opened one.
SELECT l.member, l.expires,
       sum(l.points - coalesce((SELECT sum(u.points) FROM lot_use AS u
                                WHERE u.member = l.member AND u.lot = l.entry), 0)) AS rest,
       max(l.batch)
FROM account AS a JOIN ledger AS l ON l.member = a.member
WHERE a.next_expiry IS NOT NULL AND a.next_expiry <= ?2 AND a.status = 1
  AND l.expires BETWEEN ?1 AND ?2 AND l.points > 0 AND l.kind NOT IN (4, 5)
GROUP BY l.member, l.expires
HAVING sum(l.points - coalesce((SELECT sum(u.points) FROM lot_use AS u
                                WHERE u.member = l.member AND u.lot = l.entry), 0)) > 0;

-- name: remind_vouchers_end
SELECT v.member, v.expires, v.voucher, v.value
FROM voucher AS v JOIN account AS a ON a.member = v.member
WHERE v.state = 0 AND v.expires IS NOT NULL AND v.expires BETWEEN ?1 AND ?2 AND a.status = 1;

-- name: remind_cards_end
SELECT c.member, c.expires, c.card
FROM card AS c JOIN account AS a ON a.member = c.member
WHERE c.state = 1 AND c.expires IS NOT NULL AND c.expires BETWEEN ?1 AND ?2 AND a.status = 1;

-- name: remind_tiers_changed
SELECT t.member, t.run, t.from_tier, t.to_tier, t.effective, t.expires, t.batch
FROM tier_change AS t JOIN account AS a ON a.member = t.member
WHERE t.run BETWEEN ?1 AND ?2 AND t.from_tier <> t.to_tier AND t.to_tier <> ''
  AND t.rule <> 'enrolment' AND a.status = 1;

-- name: remind_enrolled
SELECT member, enrolled FROM account WHERE status = 1 AND enrolled BETWEEN ?1 AND ?2;

-- name: remind_never_bought
SELECT member, enrolled FROM account
WHERE status = 1 AND last_purchase IS NULL AND enrolled BETWEEN ?1 AND ?2;

-- name: remind_unreached
-- Whose number was found to be wrong, and when.
SELECT u.member, u.last FROM unreached AS u
WHERE u.last BETWEEN ?1 AND ?2 AND u.failures >= ?3
  AND (SELECT a.status FROM account AS a WHERE a.member = u.member) = 1;

-- name: remind_complaints
SELECT c.member, c.closed, c.complaint FROM complaint AS c JOIN account AS a ON a.member = c.member
WHERE a.status = 1 AND c.closed IS NOT NULL AND c.closed BETWEEN ?1 AND ?2 AND c.step = ?3;

-- name: remind_card_years
-- Real cards whose last day lies in the window, whether they have run out or not.
SELECT c.member, c.expires FROM card AS c JOIN account AS a ON a.member = c.member
WHERE c.state = 1 AND c.expires IS NOT NULL AND c.expires BETWEEN ?1 AND ?2 AND c.virtual = 0
  AND a.status = 1 AND a.balance > 0
UNION ALL
SELECT c.member, c.expires FROM card AS c JOIN account AS a ON a.member = c.member
WHERE c.state = 4 AND c.expires IS NOT NULL AND c.expires BETWEEN ?1 AND ?2 AND c.virtual = 0
  AND a.status = 1 AND a.balance > 0;

-- name: remind_everyone
SELECT member FROM account WHERE status = 1;

-- name: remind_holders
SELECT t.member FROM tier_state AS t JOIN account AS a ON a.member = t.member
WHERE t.tier = ?1 AND a.status = 1;

-- name: remind_loaded
SELECT batch FROM program_version WHERE effective = ?1;

-- name: remind_earned
-- Who earned points in some months. Points are earned by buying, by enrolling and by having brought
-- somebody: each has an index by day. Who bought then has bought then or later for the last time.
WITH who (member) AS (
    SELECT member FROM bought WHERE day >= ?1
    UNION SELECT member FROM account WHERE enrolled BETWEEN ?1 AND ?2
    UNION SELECT m.referrer FROM account AS a JOIN member AS m ON m.id = a.member
          WHERE a.enrolled BETWEEN ?1 AND ?2 AND m.referrer IS NOT NULL
)
SELECT a.member, sum(l.points)
FROM who JOIN account AS a ON a.member = who.member JOIN ledger AS l ON l.member = a.member
WHERE a.status = 1 AND l.day BETWEEN ?1 AND ?2 AND l.kind IN (0, 1, 2)
GROUP BY a.member HAVING sum(l.points) > 0;

-- name: remind_person
SELECT m.member, m.name, m.phone, m.email, m.address, m.birthday, m.gender, m.id_no,
       m.consent_sms, m.consent_call, s.text, c.text, a.status, a.balance,
       coalesce((SELECT u.failures FROM unreached AS u WHERE u.member = m.id), 0)
FROM member AS m
JOIN account AS a ON a.member = m.id
LEFT JOIN code AS s ON s.code = m.store
LEFT JOIN code AS c ON c.code = m.consultant
WHERE m.id = ?1;

-- name: remind_tiers
SELECT tier FROM tier_state WHERE member = ?1 AND tier <> '' ORDER BY ladder;

-- name: remind_dossier
SELECT field FROM dossier WHERE member = ?1;

-- name: remind_bought_at
SELECT c.text FROM ledger AS l JOIN code AS c ON c.code = l.store
WHERE l.member = ?1 AND l.day = ?2 AND l.kind = 0 ORDER BY l.entry DESC LIMIT 1;

-- name: remind_voucher
SELECT expires, value FROM voucher WHERE voucher = ?2 AND member = ?1;

-- name: remind_given
SELECT marked FROM reminder WHERE member = ?1 AND key = ?2;

-- name: remind_given_kind
SELECT 1 FROM reminder WHERE member = ?1 AND kind = ?2 AND due = ?3 LIMIT 1;

-- name: remind_waits
-- Whether a contact was moved, or is to be given again: it is then listed as such.
SELECT 1 FROM reminder WHERE member = ?1 AND key = ?2 AND again IS NOT NULL;

-- name: remind_mark
INSERT INTO reminder (member, key, kind, due, channel, marketing, marked, again, facts, batch)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
ON CONFLICT (member, key) DO NOTHING;

-- name: remind_mark_again
-- What came of it before is in the contacts.
UPDATE reminder SET marked = ?3, again = NULL, outcome = NULL, batch = ?4
WHERE member = ?1 AND key = ?2 AND (again IS NOT NULL OR ?5 = 1);

-- name: remind_move
UPDATE reminder SET again = ?3 WHERE member = ?1 AND key = ?2 AND again IS NOT NULL;

-- name: remind_had_marketing
SELECT 1 FROM reminder
WHERE member = ?1 AND marketing = 1 AND marked = ?2 AND (?3 IS NULL OR key <> ?3) LIMIT 1;

-- name: remind_again
-- What waits: it was moved, or nobody answered.
SELECT member, key, kind, due, channel, marketing, facts, again FROM reminder
WHERE again IS NOT NULL AND again <= ?1;

-- name: remind_again_given
-- What was given on a day and does not wait by another.
SELECT member, key, kind, due, channel, marketing, facts, marked FROM reminder
WHERE marked = ?1 AND (again IS NULL OR again > ?2);

-- name: remind_again_key
SELECT member, key, kind, due, channel, marketing, facts, marked FROM reminder
WHERE key = ?1 AND marked IS NOT NULL AND (outcome IS NULL OR outcome IN ('no-answer', 'failed'));

-- name: remind_again_day
SELECT member, key, kind, due, channel, marketing, facts, marked FROM reminder
WHERE marked = ?1 AND (outcome IS NULL OR outcome IN ('no-answer', 'failed'));

-- name: remind_again_unsent
SELECT member, key, kind, due, channel, marketing, facts, marked FROM reminder
WHERE marked BETWEEN ?1 AND ?2 AND outcome IS NULL;

-- name: remind_run_get
SELECT last FROM sequence WHERE name = ?1;

-- name: remind_run_set
INSERT INTO sequence (name, last) VALUES (?1, ?2)
ON CONFLICT (name) DO UPDATE SET last = excluded.last;
