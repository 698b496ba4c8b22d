-- A record that was merged leads to the member that stays.

-- name: member_by_member
SELECT coalesce(g.stays, m.id) FROM member AS m LEFT JOIN merged AS g ON g.member = m.id
WHERE m.member = ?1;

-- name: member_by_card
SELECT member FROM card WHERE card = ?1;

-- name: members_by_member
-- Many at once: c1 says which of them, c2 is the number.
SELECT vip_scan(b.c1, coalesce(g.stays, m.id))
FROM vip_bulk AS b CROSS JOIN member AS m ON m.member = b.c2
LEFT JOIN merged AS g ON g.member = m.id;

-- name: members_by_card
SELECT vip_scan(b.c1, c.member) FROM vip_bulk AS b CROSS JOIN card AS c ON c.card = b.c2;

-- name: member_by_phone
SELECT coalesce(g.stays, m.id) FROM member AS m LEFT JOIN merged AS g ON g.member = m.id
WHERE m.phone = ?1;

-- name: member_by_id_no
SELECT coalesce(g.stays, m.id) FROM member AS m LEFT JOIN merged AS g ON g.member = m.id
WHERE m.id_no = ?1;

-- name: member_by_name
SELECT coalesce(g.stays, m.id), m.birthday, m.phone
FROM member AS m LEFT JOIN merged AS g ON g.member = m.id
WHERE m.name_key = ?1;

-- name: member_papers
SELECT member, phone, id_no, name_key, birthday FROM member WHERE id = ?1;

-- name: member_get
SELECT m.member, m.application, m.name, m.phone, m.id_no, m.gender, m.address, m.email,
       m.birthday, store.text, consultant.text, m.source, m.referrer, m.qualifying, m.spent,
       m.consent_sms, m.consent_call, category.text, brand.text
FROM member AS m
LEFT JOIN code AS store ON store.code = m.store
LEFT JOIN code AS consultant ON consultant.code = m.consultant
LEFT JOIN code AS category ON category.code = m.category
LEFT JOIN code AS brand ON brand.code = m.brand
WHERE m.id = ?1;

-- name: member_card
SELECT card FROM card WHERE member = ?1 AND state IN (0, 1)
ORDER BY state DESC, virtual, issued DESC, card DESC LIMIT 1;

-- name: member_by_application
SELECT id FROM member WHERE application = ?1;

-- name: member_at_address
SELECT m.id FROM member AS m JOIN account AS a ON a.member = m.id
WHERE m.address_key = ?1 AND m.id <> ?2 AND a.status IN (0, 1, 2) LIMIT 1;

-- name: member_of_group
SELECT m.id FROM member AS m LEFT JOIN code AS c ON c.code = m.store
WHERE m.source = 'group' AND m.qualifying = ?1 AND coalesce(c.text, '') = ?2 LIMIT 1;

-- name: member_number
SELECT member FROM member WHERE id = ?1;

-- name: member_insert
INSERT INTO member (name, name_key, phone, birthday, birth_month, birth_day, id_no, gender, address,
    address_key, email, store, consultant, consent_sms, consent_call, member, application, source,
    referrer, qualifying, spent, category, brand, batch)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
    ?21, ?22, ?23, ?24);

-- name: member_free_phone
-- A number that stands in a record that was merged into the member who takes it.
UPDATE member SET phone = NULL
WHERE phone = ?2 AND id IN (SELECT member FROM merged WHERE stays = ?1);

-- name: member_free_id_no
UPDATE member SET id_no = NULL
WHERE id_no = ?2 AND id IN (SELECT member FROM merged WHERE stays = ?1);

-- name: member_update
UPDATE member SET name = ?1, name_key = ?2, phone = ?3, birthday = ?4, birth_month = ?5,
    birth_day = ?6, id_no = ?7, gender = ?8, address = ?9, address_key = ?10, email = ?11,
    store = ?12, consultant = ?13, consent_sms = ?14, consent_call = ?15
WHERE id = ?16;

-- name: dossier_get
SELECT value FROM dossier WHERE member = ?1 AND field = ?2;

-- name: dossier_set
INSERT INTO dossier (member, field, value) VALUES (?1, ?2, ?3)
ON CONFLICT (member, field) DO UPDATE SET value = excluded.value;

-- name: dossier_delete
DELETE FROM dossier WHERE member = ?1 AND field = ?2;
