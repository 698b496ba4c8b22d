-- name: batch_insert
INSERT INTO batch (at, as_of, login, command, file, entries, sum, hash)
VALUES (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), ?1, ?2, ?3, ?4, 0, x'', x'');

-- name: batch_get
SELECT batch, at, as_of, login, command, coalesce(file, ''), entries, sum, hash
FROM batch WHERE batch = ?1;

-- name: batch_hash
SELECT hash FROM batch WHERE batch = ?1;

-- name: batch_seal
UPDATE batch SET entries = ?2, sum = ?3, hash = ?4 WHERE batch = ?1;

-- name: event_insert
INSERT INTO event (batch, member, what, detail) VALUES (?1, ?2, ?3, ?4);
