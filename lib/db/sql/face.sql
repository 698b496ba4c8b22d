-- name: face_get
SELECT m.member, m.name, m.phone, c.text, a.status, a.balance, a.next_expiry,
    coalesce(s.principal + s.bonus, 0)
FROM member AS m
JOIN account AS a ON a.member = m.id
LEFT JOIN stored_account AS s ON s.member = m.id
LEFT JOIN code AS c ON c.code = m.consultant
WHERE m.id = ?1;

-- name: face_tiers
SELECT tier FROM tier_state WHERE member = ?1 AND tier <> '' ORDER BY ladder;

-- name: members_by_key
SELECT DISTINCT coalesce(g.stays, f.id)
FROM (SELECT id FROM member WHERE member = ?1
      UNION SELECT member FROM card WHERE card = ?1
      UNION SELECT id FROM member WHERE phone = ?2
      UNION SELECT id FROM member WHERE id_no = ?3) AS f
LEFT JOIN merged AS g ON g.member = f.id
ORDER BY 1;

-- name: members_by_name
SELECT DISTINCT coalesce(g.stays, m.id) FROM member AS m LEFT JOIN merged AS g ON g.member = m.id
WHERE m.name_key = ?1 AND (?2 IS NULL OR m.phone LIKE '%' || ?2)
ORDER BY 1;

-- name: members_by_part
-- A part that begins at the name's first, second or third character (?1 up to ?2), or stands anywhere
-- in a long name. Who fits several times comes several times.
SELECT coalesce(g.stays, m.id) FROM member AS m LEFT JOIN merged AS g ON g.member = m.id
WHERE name_key >= ?1 AND name_key < ?2 AND (?3 IS NULL OR phone LIKE '%' || ?3)
UNION ALL
SELECT coalesce(g.stays, m.id) FROM member AS m LEFT JOIN merged AS g ON g.member = m.id
WHERE length(name_key) > 1 AND substr(name_key, 2) >= ?1 AND substr(name_key, 2) < ?2
  AND (?3 IS NULL OR phone LIKE '%' || ?3)
UNION ALL
SELECT coalesce(g.stays, m.id) FROM member AS m LEFT JOIN merged AS g ON g.member = m.id
WHERE length(name_key) > 2 AND substr(name_key, 3) >= ?1 AND substr(name_key, 3) < ?2
  AND (?3 IS NULL OR phone LIKE '%' || ?3)
UNION ALL
SELECT coalesce(g.stays, m.id) FROM member AS m LEFT JOIN merged AS g ON g.member = m.id
WHERE length(name_key) > 3 AND name_key LIKE '%' || ?1 || '%' AND (?3 IS NULL OR phone LIKE '%' || ?3);
