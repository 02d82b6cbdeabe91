-- The country, written set by set, the same at every run: what looks like chance is a hash of the person's number.
-- Rows stand in the order in which they would have been recorded: lists unit by unit, completions day by day.

CREATE FUNCTION pg_temp.u(n bigint, salt integer) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT (hashint8extended(n, salt) & 1048575)::float8 / 1048576';

-- Units. 1 the country; 2–64 provinces; 71–93 provinces since the reorganisation; 101–730 districts; 1001–4150 communes;
-- 5001–6150 communes since the reorganisation. In each district five communes become four (the first 110) or three.
CREATE TEMP TABLE old_commune AS
SELECT 1000 + c AS id, 101 + (c - 1) / 5 AS district, 2 + ((c - 1) / 5) % 63 AS province, (c - 1) % 5 AS seat,
       CASE WHEN (c - 1) / 5 < 110 THEN CASE WHEN (c - 1) % 5 < 2 THEN 5001 + (c - 1) / 5 END
            WHEN (c - 1) % 5 < 4 THEN 5111 + 2 * ((c - 1) / 5 - 110) + ((c - 1) % 5) / 2 END AS becomes
FROM generate_series(1, 3150) c;

CREATE TEMP TABLE old_province AS
SELECT 1 + p AS id, CASE WHEN p > 29 THEN 77 + (p - 30) / 2 WHEN p > 11 THEN 71 + (p - 12) / 3 END AS becomes
FROM generate_series(1, 63) p;

CREATE TEMP TABLE after_it AS -- where the people of each unit are since the reorganisation, if not where they were
SELECT id, becomes FROM old_commune WHERE becomes IS NOT NULL
UNION ALL SELECT id, becomes FROM old_province WHERE becomes IS NOT NULL;

INSERT INTO unit (id, recorded_at)
SELECT id, :begun_at FROM (SELECT id FROM old_commune UNION SELECT id FROM old_province UNION SELECT 1
    UNION SELECT DISTINCT district FROM old_commune UNION SELECT DISTINCT becomes FROM after_it) x ORDER BY id;

CREATE TEMP TABLE version AS
SELECT 1 AS unit_id, NULL::integer AS parent_id, 'Cả nước (giả định)' AS name, 'organisation' AS kind, CAST(:beginning AS date) AS a, CAST(:still AS date) AS b
UNION ALL SELECT id, 1, 'Tỉnh Đo ' || to_char(id - 1, 'FM00'), 'province', :beginning, CASE WHEN becomes IS NULL THEN :still ELSE :reorganised END FROM old_province
UNION ALL SELECT DISTINCT becomes, 1, 'Tỉnh Mới ' || to_char(becomes - 70, 'FM00'), 'province', CAST(:reorganised AS date), CAST(:still AS date) FROM old_province WHERE becomes IS NOT NULL
UNION ALL SELECT DISTINCT district, province, 'Huyện Đo ' || to_char(district - 100, 'FM000'), 'district', CAST(:beginning AS date), CAST(:reorganised AS date) FROM old_commune
UNION ALL SELECT id, district, 'Xã Đo ' || to_char(id - 1000, 'FM0000'), 'commune', :beginning, :reorganised FROM old_commune
UNION ALL SELECT c.id, coalesce(p.becomes, p.id), 'Xã Đo ' || to_char(c.id - 1000, 'FM0000'), 'commune', :reorganised, :still
    FROM old_commune c JOIN old_province p ON p.id = c.province WHERE c.becomes IS NULL
UNION ALL SELECT DISTINCT c.becomes, coalesce(p.becomes, p.id), 'Xã Mới ' || to_char(c.becomes - 5000, 'FM0000'), 'commune', CAST(:reorganised AS date), CAST(:still AS date)
    FROM old_commune c JOIN old_province p ON p.id = c.province WHERE c.becomes IS NOT NULL;

INSERT INTO unit_version (unit_id, parent_id, name, kind, code, search_key, valid_from, valid_to, recorded_at, superseded_at)
SELECT unit_id, parent_id, name, kind, 'D' || unit_id, translate(lower(name), 'ảướđĐịỉệã', 'auoddiiea'), a, b, recorded, lifted
FROM (SELECT v.*, CASE WHEN a = :beginning AND b = :still THEN :begun_at ELSE :decreed_at END AS recorded, :current AS lifted FROM version v
      UNION ALL -- before the decree they were held to go on
      SELECT unit_id, parent_id, name, kind, a, :still, :begun_at, :decreed_at FROM version v WHERE a = :beginning AND b < :still) x
ORDER BY recorded, unit_id;

INSERT INTO succession (old_unit_id, new_unit_id, "on", legal_basis, recorded_at, superseded_at)
SELECT id, becomes, :reorganised, 'Nghị quyết giả định', :decreed_at, :current FROM after_it
UNION ALL SELECT DISTINCT district, coalesce(becomes, id), CAST(:reorganised AS date), 'Nghị quyết giả định', CAST(:decreed_at AS timestamptz), CAST(:current AS timestamptz) FROM old_commune;

-- Persons: the first :people are still there, another 4 % have left.
INSERT INTO person (id, full_name, search_key, sort_key, sex, birth, birth_precision, phone, recorded_at)
SELECT n, full_name, search_key, sort_key, sex, date '1966-01-01' + (pg_temp.u(n, 30) * 13500)::integer, 'day', '', :begun_at
FROM generate_series(1, CAST(:people AS integer) + :people / 25) n JOIN drawn_name d ON d.k = (hashint8extended(n, 31) & 4095) ORDER BY n;

CREATE TEMP TABLE life AS
SELECT n, home, since, moved_to, moved_on, left_on, coalesce(nearby.becomes, nearby.id, a.becomes, at_last) AS after
FROM (
    SELECT x.*, coalesce(moved_to, home) AS at_last FROM (
        SELECT n,
            CASE WHEN pg_temp.u(n, 2) < 0.005 THEN c.province WHEN pg_temp.u(n, 2) < 0.015 THEN c.district ELSE c.id END AS home,
            CASE WHEN n > :people OR pg_temp.u(n, 7) < 0.8 THEN CAST(:began AS date) ELSE CAST(:began AS date) + (pg_temp.u(n, 8) * :days)::integer END AS since,
            CASE WHEN pg_temp.u(n, 3) < 0.15 AND (n > :people OR pg_temp.u(n, 7) < 0.8)
                 THEN CASE WHEN pg_temp.u(n, 5) < 0.7 THEN 1001 + 5 * (c.district - 101) + (c.seat + 1 + (pg_temp.u(n, 6) * 4)::integer % 4) % 5
                           ELSE 1001 + (c.id - 1001 + 1 + (pg_temp.u(n, 6) * 3000)::integer) % 3150 END END AS moved_to,
            CAST(:began AS date) + 100 + (pg_temp.u(n, 4) * (CAST(:reorganised AS date) - CAST(:began AS date) - 200))::integer AS moved_on,
            CASE WHEN n > :people THEN CAST(:reorganised AS date) + 10 + (pg_temp.u(n, 11) * (CAST(:today AS date) - CAST(:reorganised AS date) - 20))::integer END AS left_on
        FROM generate_series(1, CAST(:people AS integer) + :people / 25) n
        JOIN old_commune c ON c.id = 1001 + (CASE WHEN n > :people THEN (n - :people) * 25 ELSE n END - 1)::bigint * 3150 / :people
    ) x
) y
LEFT JOIN after_it a ON a.id = at_last
LEFT JOIN old_commune nearby ON nearby.district = at_last AND nearby.seat = n % 5;

CREATE TEMP TABLE stay AS
SELECT n, home AS unit_id, since AS a, CASE WHEN moved_to IS NOT NULL THEN moved_on WHEN after <> home THEN :reorganised ELSE coalesce(left_on, :still) END AS b
FROM life WHERE since < :reorganised
UNION ALL SELECT n, moved_to, moved_on, CASE WHEN after <> moved_to THEN :reorganised ELSE coalesce(left_on, :still) END FROM life WHERE moved_to IS NOT NULL
UNION ALL SELECT n, after, :reorganised, coalesce(left_on, :still) FROM life WHERE since < :reorganised AND after <> coalesce(moved_to, home)
UNION ALL SELECT n, after, since, :still FROM life WHERE since >= :reorganised
UNION ALL -- about 2 % work in a second commune as well
SELECT n, CASE WHEN after >= 5001 THEN 5001 + (after - 5000) % 1150 ELSE 5001 + n % 1150 END, greatest(since, :reorganised) + 30, :still
FROM life WHERE pg_temp.u(n, 9) < 0.02 AND n <= :people;

INSERT INTO posting (person_id, unit_id, category, position, direct_support, because, valid_from, valid_to, recorded_at, superseded_at)
SELECT n, unit_id, CASE WHEN wrong OR pg_temp.u(n, 10) < 0.03 THEN '' ELSE (CAST(:categories AS text[]))[1 + (pg_temp.u(n, 12) * 9)::integer % 9] END, 'Cán bộ',
       CASE WHEN pg_temp.u(n, 13) < 0.2 THEN true WHEN pg_temp.u(n, 13) < 0.95 THEN false END, because, a, b, recorded, lifted
FROM (
    SELECT n, unit_id, a, b, false AS wrong, CASE WHEN corrected THEN 'correction' ELSE 'roster' END AS because,
           CASE WHEN corrected THEN :corrected_at ELSE CASE WHEN b = :still THEN a ELSE b END + interval '3 days' END AS recorded, CAST(:current AS timestamptz) AS lifted
    FROM (SELECT s.*, b = :still AND n % 33 = 0 AS corrected FROM stay s) open_or_closed
    UNION ALL SELECT n, unit_id, a, :still, false, 'roster', a + interval '3 days', b + interval '3 days' FROM stay WHERE b < :still
    UNION ALL SELECT n, unit_id, a, b, true, 'roster', a + interval '3 days', :corrected_at FROM stay WHERE b = :still AND n % 33 = 0
) x ORDER BY recorded, unit_id, n;

-- About 1 % of the people are excepted at a time.
INSERT INTO standing (person_id, indicator_slug, kind, reason, evidence, valid_from, valid_to, recorded_at, superseded_at)
SELECT n, CASE WHEN pg_temp.u(n, 40) < 0.006 THEN '' ELSE :first_indicator END,
       CASE WHEN pg_temp.u(n, 40) < 0.006 THEN 'on_leave' WHEN pg_temp.u(n, 40) < 0.009 THEN 'exempt' ELSE 'required' END,
       'Quyết định giả định', '', :exempted, CASE WHEN n % 4 = 0 THEN :today + 200 ELSE CAST(:still AS date) END, CAST(:exempted AS date) + interval '2 days', :current
FROM generate_series(1, :people) n WHERE pg_temp.u(n, 40) < 0.01;

-- Training: whoever is asked is enrolled; about 60 % have completed.
CREATE TEMP TABLE taking AS
SELECT n AS enrolment, n, 1 AS course FROM life
UNION ALL SELECT 2000000 + n, n, 2 FROM life WHERE pg_temp.u(n, 13) < 0.2;

INSERT INTO enrolment (id, person_id, course_slug, cycle, edition_id, indicator_id, enrolled_at, due_on)
SELECT enrolment, n, (CAST(:courses AS text[]))[course], :cycle, (CAST(:editions AS integer[]))[course], (CAST(:indicators AS integer[]))[course], :begun_at, :ends_on
FROM taking ORDER BY enrolment;

CREATE TEMP TABLE finished AS
SELECT t.*, greatest(CAST(:starts_on AS date), l.since) + 20 + (pg_temp.u(t.n, 20 + course) * (CAST(:today AS date) - greatest(CAST(:starts_on AS date), l.since) - 25))::integer AS day
FROM taking t JOIN life l USING (n) WHERE pg_temp.u(t.n, 22 + course) < 0.6;

INSERT INTO part_done (enrolment_id, part, "on", evidence, recorded_at, superseded_at, why_superseded)
SELECT enrolment, part, day, '{"bench": 1}', day + interval '20 hours', :current, ''
FROM finished, unnest(CAST(:parts AS text[])) part ORDER BY day, enrolment;

INSERT INTO completion (person_id, course_slug, cycle, enrolment_id, edition_id, completed_on, grade, evidence, recorded_at, superseded_at, why_superseded)
SELECT n, (CAST(:courses AS text[]))[course], :cycle, enrolment, (CAST(:editions AS integer[]))[course], day,
       CASE WHEN pg_temp.u(n, 50) < 0.7 THEN 'test' WHEN pg_temp.u(n, 50) < 0.9 THEN 'roll' WHEN pg_temp.u(n, 50) < 0.97 THEN 'document' ELSE 'claim' END,
       jsonb_build_object('lessons', jsonb_build_object('on', day), 'test', jsonb_build_object('on', day, 'attempt', enrolment)),
       recorded, lifted, CASE WHEN lifted < :current THEN 'Sửa ngày' ELSE '' END
FROM (SELECT f.*, day + interval '20 hours' AS recorded, CAST(:current AS timestamptz) AS lifted FROM finished f WHERE n % 100 <> 7
      UNION ALL SELECT f.*, day + interval '60 hours', :current FROM finished f WHERE n % 100 = 7
      UNION ALL SELECT f.*, day + interval '20 hours', day + interval '60 hours' FROM finished f WHERE n % 100 = 7) x
ORDER BY recorded, n;

-- The audit trail as long as it would be. Its hashes are only numbers: nobody walks this chain.
INSERT INTO audit_entry (seq, at, account_id, action, object_kind, object_id, facts, prev, hash)
SELECT s, :begun_at, NULL, 'course.completed', 'completion', s::text, '{}', lpad(to_hex(s - 1 + :links), 64, '0'), lpad(to_hex(s + :links), 64, '0')
FROM (SELECT (SELECT coalesce(max(seq), 0) FROM audit_entry) + row_number() OVER () AS s FROM finished) x;

INSERT INTO roster_confirmation (unit_id, complete_on, persons, recorded_at, superseded_at, why_superseded)
SELECT unit_id, CAST(:today AS date) - 30, 0, :corrected_at, :current, '' FROM version WHERE b = :still AND unit_id % 10 <> 0;
