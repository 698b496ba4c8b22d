-- title: Completeness of the records | 资料完整度
-- about: Of how many members each field of the form is known, in the order of the programme's
--    fields.csv that is in force on --as-of. Members count who are active or suspended today.
-- source: fields.csv of the programme, the application form and the dossier
-- by: store, consultant
-- chart: bars field share
-- column: store text 店铺: where the members are looked after
-- column: consultant text 导购: who looks after them
-- column: field text 字段: as fields.csv names it
-- column: label text 名称: its name on the form
-- column: required text 必填: yes or no
-- column: members count 会员数: all of them
-- column: filled count 已填: those whose field is known
-- column: missing count 未填: members − filled
-- column: share percent 完整度: filled ÷ members
-- column: place hidden
WITH cells AS (
    SELECT line, heading, value
    FROM program_in_force
    WHERE sheet = 'fields.csv' AND :as_of BETWEEN since AND until
), fields AS (
    SELECT line, max(CASE WHEN heading = 'field' THEN value END) AS field,
           max(CASE WHEN heading = 'label_en' THEN value END) AS label_en,
           max(CASE WHEN heading = 'label_zh' THEN value END) AS label_zh,
           max(CASE WHEN heading = 'required' THEN value END) AS required
    FROM cells
    GROUP BY line
), known AS (
    SELECT CASE WHEN :by_store = 1 THEN m.store END AS store_key,
           CASE WHEN :by_consultant = 1 THEN m.consultant END AS consultant_key,
           f.line, f.field,
           CASE WHEN CASE f.field WHEN 'name' THEN m.name WHEN 'phone' THEN m.phone
                                  WHEN 'birthday' THEN m.birthday WHEN 'id_no' THEN m.id_no
                                  WHEN 'gender' THEN m.gender WHEN 'address' THEN m.address
                                  WHEN 'email' THEN m.email
                                  ELSE (SELECT d.value FROM dossier AS d
                                        WHERE d.member = m.id AND d.field = f.field)
                     END IS NULL THEN 0 ELSE 1 END AS filled
    FROM account AS a
    JOIN member AS m ON m.id = a.member
    CROSS JOIN fields AS f
    WHERE a.status IN (1, 2)
      AND (:store IS NULL OR m.store = :store)
      AND (:consultant IS NULL OR m.consultant = :consultant)
), totals AS (
    SELECT store_key, consultant_key, line, count(*) AS members, sum(filled) AS filled
    FROM known
    GROUP BY store_key, consultant_key, line
)
SELECT s.text AS store, v.text AS consultant, f.field AS field,
       coalesce(nullif(f.label_zh, ''), nullif(f.label_en, ''), f.field) AS label,
       CASE WHEN f.required IN ('yes', '是') THEN 'yes' ELSE 'no' END AS required,
       t.members AS members, t.filled AS filled, t.members - t.filled AS missing,
       vip_ratio(t.filled, t.members, 10000) AS share, f.line AS place
FROM totals AS t
JOIN fields AS f ON f.line = t.line
LEFT JOIN code AS s ON s.code = t.store_key
LEFT JOIN code AS v ON v.code = t.consultant_key
ORDER BY s.text, v.text, f.line;
