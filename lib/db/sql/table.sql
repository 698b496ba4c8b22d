-- The schema told by the database itself, for what goes over every table (lib/db/sqlite_table.c).
-- The catalogue is SQLite's own.

-- name: table_columns
SELECT m.name, c.name, c.type, c."notnull" OR c.pk
FROM sqlite_schema AS m JOIN pragma_table_info(m.name) AS c
WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'
ORDER BY m.rowid, c.cid;

-- name: table_scan
SELECT format('SELECT %s FROM "%w" ORDER BY %s',
    (SELECT group_concat(format('"%w"', name))
     FROM (SELECT name FROM pragma_table_info(?1) ORDER BY cid)), ?1,
    (SELECT group_concat(format('"%w"', name))
     FROM (SELECT name FROM pragma_table_info(?1) WHERE pk ORDER BY pk)));

-- name: table_fill
SELECT format('INSERT INTO "%w" (%s) SELECT %s FROM vip_bulk', ?1,
    group_concat(format('"%w"', name)), group_concat(format('c%d', cid + 1)))
FROM (SELECT name, cid FROM pragma_table_info(?1) ORDER BY cid);
