-- name: code_all
SELECT code, text FROM code ORDER BY code;

-- name: code_first
-- As many as are kept in memory; the first ones are named most often.
SELECT code, text FROM code ORDER BY code LIMIT ?1;

-- name: code_find
SELECT code FROM code WHERE text = ?1;

-- name: code_text
SELECT text FROM code WHERE code = ?1;

-- name: code_insert
INSERT INTO code (text) VALUES (?1);
