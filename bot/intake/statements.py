"""The statements on the hot path, as SQL: each is one round trip and, where it writes, one transaction.

They run on psycopg directly: building and caching the same statements through SQLAlchemy costs more CPU than PostgreSQL
spends on them (docs/performance.md, section Intake).
"""

from __future__ import annotations

TURN_QUEUE = "turns"
TURN_TASK = "intake.turn"
DELIVERY_QUEUE = "delivery"
DELIVERY_TASK = "intake.deliver"
OUTBOX_CHANNEL = "suda_outbox"

# The lock makes the order of jobs the order of arrival, not of commits. It is taken before any id is drawn, because the
# ids are drawn while the rows that the lock's row lets through are inserted. Flooded messages insert nothing. Where the
# platform counts what it is told unasked, the message opens a window, and what could not be told before is told now.
ACCEPT = f"""
WITH turn AS MATERIALIZED (
    SELECT pg_advisory_xact_lock(hashtextextended(%(lock)s, 0))
), allowed AS MATERIALIZED (
    SELECT 1 FROM turn
     WHERE %(limit)s::int IS NULL
        OR (SELECT count(*) FROM inbox WHERE citizen_id = %(citizen)s AND created_at > now() - interval '1 minute')
           < %(limit)s::int
), message AS (
    INSERT INTO inbox (citizen_id, channel, external_id, body, sent_at, held)
    SELECT %(citizen)s, %(channel)s, %(external_id)s, %(body)s, %(sent_at)s, %(held)s FROM allowed
    ON CONFLICT (channel, external_id) DO NOTHING
    RETURNING id
), opened AS (
    INSERT INTO channel_window (citizen_id, channel, kind, opened_at, used)
    SELECT %(citizen)s, %(channel)s, %(opens)s::text, %(sent_at)s, 0 FROM message WHERE %(opens)s::text IS NOT NULL
    ON CONFLICT (citizen_id, channel, kind)
    DO UPDATE SET opened_at = greatest(channel_window.opened_at, excluded.opened_at), used = 0
), untold AS (
    UPDATE outbox SET state = 'ready', sending_at = NULL
     WHERE citizen_id IN (SELECT id FROM citizen WHERE id = %(citizen)s OR merged_into = %(citizen)s)
       AND channel = %(channel)s AND state = 'untold' AND EXISTS (SELECT 1 FROM message)
    RETURNING citizen_id
), telling AS (
    SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(
        '{DELIVERY_QUEUE}', '{DELIVERY_TASK}', 0, 'deliver:' || citizen_id, NULL,
        jsonb_build_object('citizen_id', citizen_id), NULL
    )::procrastinate_job_to_defer_v1]) AS jobs
    FROM (SELECT DISTINCT citizen_id FROM untold) AS someone
), job AS (
    SELECT message.id, procrastinate_defer_jobs_v1(ARRAY[ROW(
        '{TURN_QUEUE}', '{TURN_TASK}', 0, %(lock)s, NULL, jsonb_build_object('inbox_id', message.id), NULL
    )::procrastinate_job_to_defer_v1]) AS jobs
    FROM message
)
SELECT (SELECT id FROM job WHERE jobs IS NOT NULL), EXISTS (SELECT 1 FROM allowed), (SELECT count(*) FROM telling)
"""  # noqa: S608 - constants of this module only

# Whose a message is today: after a merge its channel may deliver it once more, now as the other citizen's.
KNOWN = """
SELECT inbox.id, coalesce(citizen.merged_into, inbox.citizen_id), extract(epoch FROM now() - inbox.created_at)
  FROM inbox LEFT JOIN citizen ON citizen.id = inbox.citizen_id
 WHERE inbox.channel = %(channel)s AND inbox.external_id = %(external_id)s
"""

# One turn's outcome. The first statement to move the message out of 'waiting' wins; a second run writes nothing. The
# lock keeps a citizen's outbox ids in the order of commits, so that a reader who saw one has seen all before it.
STORE = f"""
WITH turn AS MATERIALIZED (
    SELECT pg_advisory_xact_lock(hashtextextended(%(citizen)s::text, 1))
), message AS (
    UPDATE inbox SET state = %(state)s, handled_at = now(), error_code = %(error_code)s
      FROM turn
     WHERE id = %(inbox_id)s AND state = 'waiting'
    RETURNING id, citizen_id, channel, CASE WHEN held THEN 'held' ELSE %(outbox_state)s END AS outbox_state
), told AS (
    INSERT INTO outbox (citizen_id, inbox_id, seq, channel, kind, body, state)
    SELECT message.citizen_id, message.id, reply.seq - 1, message.channel, %(kind)s, reply.body, message.outbox_state
      FROM message, unnest(%(bodies)s::bytea[]) WITH ORDINALITY AS reply (body, seq)
    ON CONFLICT (inbox_id, seq) DO NOTHING
), job AS (
    SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(
        '{DELIVERY_QUEUE}', '{DELIVERY_TASK}', 0, 'deliver:' || message.citizen_id, NULL,
        jsonb_build_object('citizen_id', message.citizen_id), NULL
    )::procrastinate_job_to_defer_v1]) AS jobs
    FROM message WHERE outbox_state = 'ready'
)
SELECT pg_notify('{OUTBOX_CHANNEL}', citizen_id || ' ' || id), (SELECT count(*) FROM job) FROM message
"""  # noqa: S608

# The notice that the answer is late: once for a message, and the message keeps waiting.
TELL = f"""
WITH turn AS MATERIALIZED (
    SELECT pg_advisory_xact_lock(hashtextextended(%(citizen)s::text, 1))
), message AS (
    UPDATE inbox SET told_at = now()
      FROM turn
     WHERE id = %(inbox_id)s AND state = 'waiting' AND told_at IS NULL
    RETURNING id, citizen_id, channel, CASE WHEN held THEN 'held' ELSE %(outbox_state)s END AS outbox_state
), told AS (
    INSERT INTO outbox (citizen_id, inbox_id, seq, channel, kind, body, state)
    SELECT citizen_id, id, -1, channel, 'notice', %(body)s, outbox_state FROM message
    ON CONFLICT (inbox_id, seq) DO NOTHING
), job AS (
    SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(
        '{DELIVERY_QUEUE}', '{DELIVERY_TASK}', 0, 'deliver:' || message.citizen_id, NULL,
        jsonb_build_object('citizen_id', message.citizen_id), NULL
    )::procrastinate_job_to_defer_v1]) AS jobs
    FROM message WHERE outbox_state = 'ready'
)
SELECT pg_notify('{OUTBOX_CHANNEL}', citizen_id || ' ' || id), (SELECT count(*) FROM job) FROM message
"""  # noqa: S608

COUNT_FAILURE = """
UPDATE inbox SET attempts = attempts + 1, error_code = %(error_code)s
 WHERE id = %(inbox_id)s AND state = 'waiting'
RETURNING attempts
"""

# Jobs whose worker is dead (no sign of life for a while) or that a live worker no longer knows. Each costs its message
# one attempt: a message that kills workers must end too. A periodic job whose next one is queued already is not needed any
# more: brought back, it would be the second of its queueing lock, and nothing at all would be brought back.
RESCUE = """
WITH lost AS MATERIALIZED (
    SELECT job.id, job.args, job.queueing_lock
      FROM procrastinate_jobs AS job LEFT JOIN procrastinate_workers AS worker ON worker.id = job.worker_id
     WHERE job.status = 'doing'
       AND (worker.id IS NULL
            OR worker.last_heartbeat < now() - make_interval(secs => %(silent)s)
            OR job.id = ANY(%(unknown)s::bigint[]))
       FOR UPDATE OF job SKIP LOCKED
), counted AS (
    UPDATE inbox SET attempts = attempts + 1, error_code = 'worker_died'
      FROM lost
     WHERE inbox.id = (lost.args->>'inbox_id')::bigint AND inbox.state = 'waiting'
), overtaken AS (
    DELETE FROM procrastinate_jobs AS job USING lost
     WHERE job.id = lost.id AND EXISTS (
               SELECT 1 FROM procrastinate_jobs AS next
                WHERE next.queueing_lock = lost.queueing_lock AND next.status = 'todo')
    RETURNING job.id
)
SELECT id, procrastinate_retry_job_v2(id, now(), NULL, NULL, NULL) FROM lost WHERE id NOT IN (SELECT id FROM overtaken)
"""

MINE = "SELECT id FROM procrastinate_jobs WHERE worker_id = %(worker_id)s AND status = 'doing'"

# A message that waits and has no job (a job deleted by hand, an aborted one) gets a new one. Citizens who have any live
# job are left alone: their order is still being kept.
SWEEP = f"""
WITH one AS MATERIALIZED (
    SELECT pg_try_advisory_xact_lock(hashtextextended('suda sweep', 2)) AS mine
), orphan AS MATERIALIZED (
    SELECT inbox.id, inbox.citizen_id FROM inbox, one
     WHERE one.mine AND inbox.state = 'waiting' AND inbox.created_at < now() - make_interval(secs => %(older)s)
       AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs AS job
                        WHERE job.lock = inbox.citizen_id::text AND job.status IN ('todo', 'doing'))
     ORDER BY inbox.id
     LIMIT 500
)
SELECT id, procrastinate_defer_jobs_v1(ARRAY[ROW(
    '{TURN_QUEUE}', '{TURN_TASK}', 0, citizen_id::text, NULL, jsonb_build_object('inbox_id', id), NULL
)::procrastinate_job_to_defer_v1]) FROM orphan ORDER BY id
"""  # noqa: S608

# The engine is back: whoever waits for a later try goes now.
HURRY = f"""
UPDATE procrastinate_jobs SET scheduled_at = NULL
 WHERE status = 'todo' AND queue_name = '{TURN_QUEUE}' AND scheduled_at > now()
"""  # noqa: S608

LOAD = """
SELECT inbox.state, inbox.citizen_id, inbox.channel, inbox.body, inbox.sent_at, inbox.attempts, inbox.told_at,
       citizen.wrapped_key
  FROM inbox JOIN citizen ON citizen.id = inbox.citizen_id
 WHERE inbox.id = %(inbox_id)s
"""

UNREADABLE = """
UPDATE inbox SET state = 'failed', handled_at = now(), error_code = 'unreadable'
 WHERE id = %(inbox_id)s AND state = 'waiting'
"""

# What the citizen was shown last, before a message: its choices are what a bare number means.
SHOWN = """
SELECT inbox_id, body FROM outbox
 WHERE citizen_id = %(citizen)s AND (inbox_id IS NULL OR inbox_id < %(inbox_id)s) AND kind <> 'notice'
 ORDER BY id DESC LIMIT 12
"""

ANSWER = """
SELECT outbox.id, outbox.kind, outbox.body, outbox.created_at, outbox.inbox_id, inbox.external_id, outbox.seq,
       citizen.wrapped_key
  FROM inbox JOIN citizen ON citizen.id = inbox.citizen_id
       LEFT JOIN outbox ON outbox.inbox_id = inbox.id AND outbox.seq >= 0
 WHERE inbox.id = %(inbox_id)s AND inbox.state <> 'waiting'
 ORDER BY outbox.seq
"""

NEWEST = "SELECT coalesce(max(id), 0) FROM outbox WHERE citizen_id = %(citizen)s"

# A page that was open when its citizen was merged goes on with what the other is told.
SINCE = """
SELECT outbox.id, outbox.kind, outbox.body, outbox.created_at, outbox.inbox_id, inbox.external_id, outbox.seq,
       citizen.wrapped_key
  FROM outbox JOIN citizen ON citizen.id = outbox.citizen_id LEFT JOIN inbox ON inbox.id = outbox.inbox_id
 WHERE outbox.citizen_id IN (%(citizen)s, (SELECT merged_into FROM citizen WHERE id = %(citizen)s))
   AND outbox.id > %(after)s
 ORDER BY outbox.id
 LIMIT 200
"""

HISTORY = """
SELECT * FROM (
    (SELECT 0::bigint AS outbox_id, body, created_at AS at, external_id, 0 AS seq, NULL::text AS untold
       FROM inbox WHERE citizen_id = %(citizen)s ORDER BY id DESC LIMIT %(limit)s)
    UNION ALL
    (SELECT outbox.id, outbox.body, outbox.created_at, inbox.external_id, outbox.seq,
            CASE WHEN outbox.state IN ('untold', 'failed') THEN coalesce(outbox.error_code, outbox.state) END
       FROM outbox LEFT JOIN inbox ON inbox.id = outbox.inbox_id
      WHERE outbox.citizen_id = %(citizen)s ORDER BY outbox.id DESC LIMIT %(limit)s)
) AS line
 ORDER BY at DESC, outbox_id DESC
 LIMIT %(limit)s
"""

PUSH = f"""
WITH turn AS MATERIALIZED (
    SELECT pg_advisory_xact_lock(hashtextextended(%(citizen)s::text, 1))
), told AS (
    INSERT INTO outbox (citizen_id, seq, push_key, channel, kind, body, state)
    SELECT %(citizen)s, reply.seq - 1, %(push_key)s, %(channel)s, 'push', reply.body, %(outbox_state)s
      FROM turn, unnest(%(bodies)s::bytea[]) WITH ORDINALITY AS reply (body, seq)
    ON CONFLICT (push_key, seq) DO NOTHING
    RETURNING id
), job AS (
    SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(
        '{DELIVERY_QUEUE}', '{DELIVERY_TASK}', 0, 'deliver:' || %(citizen)s::text, NULL,
        jsonb_build_object('citizen_id', %(citizen)s::text), NULL
    )::procrastinate_job_to_defer_v1]) AS jobs
     WHERE %(outbox_state)s = 'ready' AND EXISTS (SELECT 1 FROM told)
)
SELECT (SELECT count(*) FROM told), pg_notify('{OUTBOX_CHANNEL}', %(citizen)s::text), (SELECT count(*) FROM job)
"""  # noqa: S608

FIND = """
SELECT citizen.id, citizen.wrapped_key
  FROM citizen_address JOIN citizen ON citizen.id = citizen_address.citizen_id
 WHERE citizen_address.address_hash = ANY(%(hashes)s::bytea[])
"""

# What one citizen is still to be sent, in order; after a merge their addresses are under whoever they are today. A bound,
# so that one citizen's backlog is no endless job.
READY = """
SELECT outbox.id, outbox.channel, outbox.body, outbox.attempts, outbox.sending_at IS NOT NULL, citizen.wrapped_key, today.id,
       today.wrapped_key, (
           SELECT sealed_address FROM citizen_address AS address
            WHERE address.citizen_id = today.id AND address.channel = outbox.channel
            ORDER BY address.id DESC LIMIT 1)
  FROM outbox JOIN citizen ON citizen.id = outbox.citizen_id
       JOIN citizen AS today ON today.id = coalesce(citizen.merged_into, citizen.id)
 WHERE outbox.citizen_id = %(citizen)s AND outbox.state = 'ready'
 ORDER BY outbox.id
 LIMIT 50
"""

# Before anything is sent: whoever finds a claim that is not theirs cannot know whether it arrived.
CLAIM = """
UPDATE outbox SET sending_at = now() WHERE id = ANY(%(ids)s::bigint[]) AND state = 'ready' AND sending_at IS NULL
RETURNING id
"""

UNCLAIM = "UPDATE outbox SET sending_at = NULL WHERE id = ANY(%(ids)s::bigint[]) AND state = 'ready'"

SENT = """
UPDATE outbox SET state = %(state)s, attempts = attempts + 1, error_code = %(error_code)s, sending_at = NULL,
       sent_at = CASE WHEN %(state)s = 'sent' THEN now() END
 WHERE id = ANY(%(ids)s::bigint[]) AND (state = 'ready' OR (state = 'untold' AND %(state)s = 'sent'))
"""
