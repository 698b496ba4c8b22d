-- name: card_get
SELECT card, member, state, virtual, tier, issued, expires, replaces FROM card WHERE card = ?1;

-- name: card_current
SELECT card, member, state, virtual, tier, issued, expires, replaces
FROM card WHERE member = ?1 AND state IN (0, 1)
ORDER BY state DESC, virtual, issued DESC, card DESC LIMIT 1;

-- name: card_latest
SELECT card, member, state, virtual, tier, issued, expires, replaces
FROM card WHERE member = ?1 ORDER BY issued DESC, batch DESC, card DESC LIMIT 1;

-- name: card_insert
INSERT INTO card (card, member, state, virtual, tier, issued, expires, replaces, batch)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
ON CONFLICT (card) DO NOTHING;

-- name: card_taken
SELECT 1 FROM card WHERE card = ?1;

-- name: card_set_state
UPDATE card SET state = ?2 WHERE card = ?1;

-- name: card_set_replaced
-- A card that had ended otherwise stays as it is.
UPDATE card SET state = 3 WHERE card = ?1 AND state IN (0, 1, 2);

-- name: card_set_expiry
UPDATE card SET expires = ?2 WHERE card = ?1;

-- name: card_close_all
UPDATE card SET state = ?2 WHERE member = ?1 AND state IN (0, 1) AND card <> ?3;

-- name: card_list
SELECT m.member, m.name, c.card, c.tier, c.state, c.issued, c.expires, c.replaces
FROM card AS c JOIN member AS m ON m.id = c.member
WHERE (?1 IS NULL OR c.state = ?1)
  AND (?2 IS NULL OR (c.expires IS NOT NULL AND c.expires BETWEEN ?2 AND ?3))
ORDER BY c.card;

-- name: card_list_expiring
SELECT m.member, m.name, c.card, c.tier, c.state, c.issued, c.expires, c.replaces
FROM card AS c JOIN member AS m ON m.id = c.member
WHERE c.state = 1 AND c.expires IS NOT NULL AND c.expires BETWEEN ?1 AND ?2
ORDER BY c.expires, c.card;

-- name: card_replacing
SELECT card, member, state, virtual, tier, issued, expires, replaces
FROM card WHERE member = ?1 AND replaces = ?2 AND state IN (0, 1)
ORDER BY state DESC, issued DESC LIMIT 1;

-- name: card_history
SELECT m.member, m.name, c.card, c.tier, c.state, c.issued, c.expires, c.replaces
FROM card AS c JOIN member AS m ON m.id = c.member
WHERE c.member = ?1 ORDER BY c.issued, c.batch, c.card;
