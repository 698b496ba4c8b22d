-- Contacts and complaints: what came of them.

-- name: contact_get
SELECT c.member, m.member, c.key, c.kind, c.day, c.done_by, c.channel, c.outcome, c.note,
       c.satisfaction, c.churn_reason
FROM contact AS c JOIN member AS m ON m.id = c.member WHERE c.contact = ?1;

-- name: contact_by_key
-- Whose reminder it is, where the row does not say: two are enough to know that it is not clear.
SELECT member FROM reminder WHERE key = ?1 LIMIT 2;

-- name: contact_reminder
SELECT kind, channel, tries FROM reminder WHERE member = ?1 AND key = ?2;

-- name: contact_open
-- The reminder of a kind that a contact is about: the earliest that waits for one.
SELECT key FROM reminder
WHERE member = ?1 AND kind = ?2 AND marked <= ?3
  AND (outcome IS NULL OR outcome IN ('no-answer', 'failed'))
ORDER BY due, key LIMIT 1;

-- name: contact_insert
INSERT INTO contact (contact, member, key, kind, day, done_by, channel, outcome, note, satisfaction,
                     churn_reason, batch, source_line)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13);

-- name: contact_outcome
UPDATE reminder SET outcome = ?3, tries = ?4, again = ?5, marked = coalesce(marked, ?6)
WHERE member = ?1 AND key = ?2;

-- name: contact_failed
-- Who has no phone has no wrong one.
INSERT INTO unreached (member, failures, last)
SELECT id, 1, ?2 FROM member WHERE id = ?1 AND phone IS NOT NULL
ON CONFLICT (member) DO UPDATE SET failures = unreached.failures + 1, last = excluded.last;

-- name: contact_answered
DELETE FROM unreached WHERE member = ?1;

-- name: complaint_get
SELECT c.member, m.member, c.step, s.day
FROM complaint AS c
JOIN member AS m ON m.id = c.member
JOIN complaint_step AS s ON s.complaint = c.complaint AND s.step = c.step
WHERE c.complaint = ?1;

-- name: complaint_step_get
SELECT day, done_by, note, amount FROM complaint_step WHERE complaint = ?1 AND step = ?2;

-- name: complaint_insert
INSERT INTO complaint (complaint, member, store, opened, step, batch)
VALUES (?1, ?2, ?3, ?4, ?5, ?6);

-- name: complaint_move
UPDATE complaint SET step = ?2, closed = coalesce(?3, closed) WHERE complaint = ?1;

-- name: complaint_closed
-- A member's complaints that wait for their second look.
SELECT complaint, closed FROM complaint WHERE member = ?1 AND step = ?2 ORDER BY complaint;

-- name: complaint_reminders
SELECT key FROM reminder WHERE member = ?1 AND kind = 'complaint' ORDER BY key;

-- name: complaint_step_insert
INSERT INTO complaint_step (complaint, step, day, done_by, note, amount, batch, source_line)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);
