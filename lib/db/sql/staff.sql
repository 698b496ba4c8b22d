-- Staff, their targets and days, and who looks after whom.

-- name: staff_post_last
SELECT since, until, name, s.text, team, shift, role
FROM staff_post AS p LEFT JOIN code AS s ON s.code = p.store
WHERE p.staff = ?1 ORDER BY since DESC LIMIT 1;

-- name: staff_post_save
INSERT INTO staff_post (staff, since, until, name, store, team, shift, role, batch)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
ON CONFLICT (staff, since) DO UPDATE SET until = excluded.until, name = excluded.name,
    store = excluded.store, team = excluded.team, shift = excluded.shift, role = excluded.role,
    batch = excluded.batch;

-- name: staff_post_end
UPDATE staff_post SET until = ?3
WHERE staff = ?1 AND since = ?2 AND (until IS NULL OR until > ?3);

-- name: staff_list
SELECT c.text, p.name, s.text, p.team, p.shift, p.role, p.since, p.until,
    (SELECT count(*) FROM member AS m WHERE m.consultant = p.staff)
FROM staff_post AS p
JOIN code AS c ON c.code = p.staff
LEFT JOIN code AS s ON s.code = p.store
WHERE p.since <= ?1 AND (p.until IS NULL OR p.until >= ?1) AND (?2 IS NULL OR s.text = ?2)
ORDER BY coalesce(s.text, ''), c.text;

-- name: staff_works
SELECT 1 FROM staff_post AS p
JOIN code AS c ON c.code = p.staff
LEFT JOIN code AS s ON s.code = p.store
WHERE p.since <= ?3 AND (p.until IS NULL OR p.until >= ?3) AND (?1 IS NULL OR c.text = ?1)
    AND (?2 IS NULL OR s.text = ?2)
LIMIT 1;

-- name: staff_of_store
SELECT p.staff, c.text FROM staff_post AS p JOIN code AS c ON c.code = p.staff
WHERE p.store = ?1 AND p.since <= ?2 AND (p.until IS NULL OR p.until >= ?2)
ORDER BY c.text;

-- name: target_get
SELECT cards FROM target WHERE month = ?1 AND store = ?2 AND staff = ?3;

-- name: target_save
INSERT INTO target (month, store, staff, cards, batch) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (month, store, staff) DO UPDATE SET cards = excluded.cards, batch = excluded.batch;

-- name: attendance_get
SELECT days FROM attendance WHERE staff = ?1 AND day = ?2;

-- name: attendance_insert
INSERT INTO attendance (staff, day, days, batch) VALUES (?1, ?2, ?3, ?4);

-- name: members_of_consultant
-- Who has left is looked after by nobody any more.
SELECT m.id, m.member, m.name, s.text, m.consultant
FROM member AS m
JOIN account AS a ON a.member = m.id
LEFT JOIN code AS s ON s.code = m.store
WHERE m.consultant = ?1 AND a.status <= 2 AND (?2 IS NULL OR s.text = ?2)
ORDER BY m.member;

-- name: members_of_store
-- In the order in which a store numbers its members.
SELECT m.id, m.member, m.name, s.text, m.consultant
FROM member AS m
JOIN account AS a ON a.member = m.id
JOIN code AS s ON s.code = m.store
WHERE s.text = ?1 AND a.status <= 2
ORDER BY m.member;

-- name: member_set_consultant
UPDATE member SET consultant = ?2 WHERE id = ?1;

-- name: consultant_note
-- Only what is news: the member's row still says who it was, or the history of a record that was
-- merged has brought it.
INSERT INTO consultant_history (member, since, consultant, batch)
SELECT ?1, ?2, ?3, ?4
WHERE NOT EXISTS (SELECT 1 FROM member WHERE id = ?1 AND consultant IS NOT DISTINCT FROM ?3)
  AND NOT EXISTS (SELECT 1 FROM consultant_history AS h
                  WHERE h.member = ?1 AND h.consultant = ?3
                    AND h.since = (SELECT max(l.since) FROM consultant_history AS l
                                   WHERE l.member = ?1 AND l.since <= ?2))
ON CONFLICT (member, since) DO UPDATE SET consultant = excluded.consultant, batch = excluded.batch;

-- name: consultant_first
INSERT INTO consultant_history (member, since, consultant, batch) VALUES (?1, ?2, ?3, ?4);

-- name: consultant_history
SELECT h.since, c.text FROM consultant_history AS h LEFT JOIN code AS c ON c.code = h.consultant
WHERE h.member = ?1 ORDER BY h.since;
