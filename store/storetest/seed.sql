-- Calls as a department has them after three years: the newest are open, and few of the others. $1: how many calls; $2: what
-- usm says of the five types. The same number gives the same calls, but for the hour at which it is asked.

INSERT INTO calls (number, type, domain, domain_version, agreement, unauthorised, subject, description, requester, opened_by,
	service, components, category, impact, urgency, priority, status, workflow, process, step, attempt, outcome, route, waiting,
	waiting_since, parent, forked_at, fork_attempt, coordinator, typing, request, fields, changes, opened_at, fulfilled_at,
	closed_at, due)
WITH luck AS MATERIALIZED ( -- of each call, from 0 to 1, from its place alone
	SELECT n, n / $1::float8 AS age, ARRAY(SELECT (hashint8extended(n, k) & 1048575) / 1048576.0::float8 FROM generate_series(1, 30) k) AS l
	FROM generate_series(1, $1::integer) n),
types AS (SELECT * FROM jsonb_to_recordset($2::jsonb) AS t (
	upto float8, type text, prefix text, process text, workflows text[], steps text[])),
domains (id, upto) AS (VALUES ('it', 0.5), ('hr', 0.7), ('facilities', 0.85), ('finance', 0.95), ('healthcare', 1.01)),
words AS (SELECT string_to_array('mail printer laptop phone door badge payroll leave contract invoice account password network '
	'screen room heating light chair desk server backup licence form report scanner camera bed pump monitor order budget travel '
	'visa training access folder calendar meeting projector key lift water window alarm system update slow broken lost new change '
	'request missing wrong late error crash noise cold hot empty full stuck locked moved shared weekly monthly urgent again after '
	'before during office floor north south east west team manager guest visitor patient ward clinic supplier customer', ' ') AS known),
typed AS (
	SELECT n, age, l, t.*, d.id AS domain,
		t.prefix || '-' || lpad(n::text, greatest(6, length(n::text)), '0') AS number,
		now() - interval '3 years' * (1 - age) - interval '1 minute' AS opened_at,
		l[3] < CASE WHEN age > 0.985 THEN 0.8 ELSE 0.008 END AS open
	FROM luck
	JOIN LATERAL (SELECT * FROM types WHERE l[1] < types.upto ORDER BY types.upto LIMIT 1) t ON true
	JOIN LATERAL (SELECT * FROM domains WHERE l[2] < domains.upto ORDER BY domains.upto LIMIT 1) d ON true),
stated AS (
	SELECT *, lag(number, 3) OVER (ORDER BY n) AS before, CASE
		WHEN open THEN CASE WHEN l[4] < 0.01 THEN 'registered' WHEN l[4] < 0.65 THEN 'open' WHEN l[4] < 0.95 THEN 'waiting' ELSE 'fulfilled' END
		WHEN type = 'wish' AND l[4] < 0.1 THEN 'not_agreed'
		WHEN l[4] < 0.94 THEN 'closed' WHEN l[4] < 0.97 THEN 'rejected' WHEN l[4] < 0.98 THEN 'retyped' ELSE 'aborted' END AS status
	FROM typed),
placed AS (
	SELECT *, CASE WHEN open AND status <> 'registered' THEN steps[1 + floor(l[5] * cardinality(steps))::integer] ELSE '' END AS step,
		CASE WHEN l[6] < 0.1 AND type = 'incident' THEN 'monitoring' ELSE 'p' || floor(20000 * power(l[7], 2)) END AS requester,
		(ARRAY['critical', 'high', 'high', 'high', 'medium', 'medium', 'medium', 'low', 'low', 'lowest', 'none'])[1 + CASE WHEN l[8] < 0.01 THEN 0 ELSE floor(1 + l[8] * 10)::integer END] AS priority
	FROM stated)
SELECT number, type, domain, CASE status WHEN 'registered' THEN 0 ELSE 1 END, '', '',
	(SELECT string_agg(known[1 + floor(power(luck, 1.5) * cardinality(known))::integer], ' ') FROM unnest(l[11:15]) luck) || ' a' || n % 50000,
	(SELECT string_agg(translate(to_hex(floor(20000 * power(luck, 3))::integer), '0123456789', 'ghijklmnop'), ' ') FROM unnest(l[11:22]) luck),
	requester, CASE WHEN l[9] < 0.8 THEN requester ELSE 'desk' || floor(l[9] * 500)::integer % 50 END,
	CASE WHEN l[10] < 0.08 THEN '' ELSE domain || floor(20 * power(l[10], 2)) END,
	CASE WHEN l[16] < 0.4 THEN '{}' ELSE ARRAY['srv-' || floor(5000 * power(l[17], 2))] END,
	CASE WHEN l[18] < 0.5 THEN 'hardware' ELSE 'software' END, 'medium', 'medium',
	CASE status WHEN 'registered' THEN '' ELSE priority END, status,
	workflows[1 + floor(power(l[19], 3) * cardinality(workflows))::integer], process, step, sign(length(step))::integer, '', '',
	CASE WHEN step = '' THEN jsonb_build_object('kind', 'none')
		WHEN status = 'waiting' THEN jsonb_build_object('kind', 'answer', 'person', requester, 'step', step)
		ELSE jsonb_build_object('kind', 'step', 'step', step, 'accountable', 'coordinator', 'exclude', ARRAY[requester],
			'profiles', ARRAY[CASE WHEN l[20] < 0.9 THEN 'operator' ELSE 'coordinator' END]) END,
	opened_at, CASE WHEN l[21] < 0.05 THEN before END, CASE WHEN l[21] < 0.05 AND before IS NOT NULL THEN 'recover_service' ELSE '' END,
	0, '{}', '{}', '{}', jsonb_build_object('room', 1 + n % 400, 'text', repeat(number || ' ', 30)), 3, opened_at,
	CASE WHEN NOT open OR status = 'fulfilled' THEN opened_at + interval '2 days' * l[22] END,
	CASE WHEN NOT open THEN opened_at + interval '3 days' * l[22] END,
	CASE WHEN step <> '' AND l[23] < 0.8 THEN opened_at + interval '9 days' * l[24] END
FROM placed, words
