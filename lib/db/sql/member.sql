-- name: member_by_member
SELECT id FROM member WHERE member = ?1;

-- name: member_by_card
SELECT member FROM card WHERE card = ?1;

-- name: member_by_phone
SELECT id FROM member WHERE phone = ?1;

-- name: member_by_id_no
SELECT id FROM member WHERE id_no = ?1;

-- name: member_by_name
SELECT id, birthday FROM member WHERE name_key = ?1;

-- name: member_papers
SELECT member, phone, id_no, name_key, birthday FROM member WHERE id = ?1;

-- name: member_get
SELECT m.member, m.application, m.name, m.phone, m.id_no, m.gender, m.address, m.email,
       m.birthday, store.text, consultant.text, m.source, m.referrer, m.qualifying, m.spent,
       m.consent_sms, m.consent_call
FROM member AS m
LEFT JOIN code AS store ON store.code = m.store
LEFT JOIN code AS consultant ON consultant.code = m.consultant
WHERE m.id = ?1;

-- name: member_card
SELECT card FROM card WHERE member = ?1 AND state IN (0, 1)
ORDER BY state DESC, virtual, issued DESC, card DESC LIMIT 1;
