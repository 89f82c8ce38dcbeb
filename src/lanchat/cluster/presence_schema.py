"""The schema of who is here, and the functions by which it changes.

    lease        each process, as long as it says every second that it lives
    person       everybody who has a name now; ``processes`` are those to which they are connected.
                 Where that is none, ``keeper`` is the one that waits until they have been away
                 for too long, or until a reservation is over
    person_name  the skeletons of those names (``chat/confusables.py``), each one person's

Nothing of it outlives the database's fall (UNLOGGED): it tells who is here, and those processes
that live know. ``presence_life`` has another number then.

A process asks for all that waits in it by one call of ``presence``, which is a transaction of its
own and locks out those of others: a process that halts in the midst of something holds up nobody.
It counts only while the process has a lease; who has none says first who is there
(``presence_listener.py``). Whoever listens learns whose rows are others now.
"""

PRESENCE = "lanchat_presence"
"""The channel on which processes learn of people, and tell each other what has no position."""

PRESENCE_SCHEMA = """
CREATE SEQUENCE presence_number;
CREATE UNLOGGED TABLE presence_life (life bigint NOT NULL);
CREATE UNLOGGED TABLE lease (
    process bigint PRIMARY KEY, renewed timestamptz NOT NULL, unbroken_since timestamptz NOT NULL
);
CREATE UNLOGGED TABLE person (
    user_id   text COLLATE "C" PRIMARY KEY,
    "user"    text NOT NULL,
    ip        text NOT NULL,
    agent     text NOT NULL,
    device    text NOT NULL,
    since     text,
    role      text NOT NULL DEFAULT 'guest',
    muted     boolean NOT NULL DEFAULT false,
    arrived   timestamptz,
    processes bigint[] NOT NULL DEFAULT '{}',
    keeper    bigint
);
CREATE UNLOGGED TABLE person_name (
    skeleton text COLLATE "C" PRIMARY KEY,
    user_id  text COLLATE "C" NOT NULL REFERENCES person (user_id) ON DELETE CASCADE
);
CREATE INDEX person_name_user ON person_name (user_id);

CREATE FUNCTION lock_presence() RETURNS void LANGUAGE sql AS
    'SELECT pg_advisory_xact_lock(1818324579, 6)';

CREATE FUNCTION tell_presence(mine bigint, ids text[]) RETURNS void LANGUAGE sql AS $$
    SELECT pg_notify('lanchat_presence', json_build_object(
        'from', mine, 'people', ids[first : first + 99])::text)
    FROM generate_series(1, cardinality(ids), 100) AS first;
$$;

-- A person as the processes read them; the seconds that they have been here are of this clock.
CREATE FUNCTION person_line(one person) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_array(
        one.user_id, one."user", one.ip, one.agent, one.device, one.since, one.role, one.muted,
        extract(epoch FROM clock_timestamp() - one.arrived), one.processes, one.keeper,
        extract(epoch FROM one.arrived));
$$;

-- A cookie that was given back at one process is none at another.
CREATE FUNCTION tell_logout() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('lanchat_presence',
        json_build_object('logged_out', json_build_array(new.user_id))::text);
    RETURN NULL;
END $$;
CREATE TRIGGER logout_told AFTER INSERT ON logout FOR EACH ROW EXECUTE FUNCTION tell_logout();

-- Let a process live on; one that ``begins`` where none lives begins with nobody. Who has not been
-- interrupted for so long that others could have said that they live, too, takes over the people of
-- those that have not, whom ``taken`` names.
CREATE FUNCTION renew_lease(
    mine bigint, lasts interval, grace interval, begins boolean,
    OUT life bigint, OUT unbroken boolean, OUT taken text[]
) LANGUAGE plpgsql AS $$
DECLARE
    instant timestamptz;
    dead bigint[];
BEGIN
    PERFORM lock_presence();
    instant := clock_timestamp();
    taken := '{}';
    IF begins AND NOT EXISTS (SELECT 1 FROM lease WHERE renewed > instant - lasts) THEN
        DELETE FROM person;
        DELETE FROM lease;
        DELETE FROM presence_life;
    END IF;
    SELECT each.life INTO life FROM presence_life each;
    IF NOT FOUND THEN
        INSERT INTO presence_life VALUES (nextval('presence_number'))
            RETURNING presence_life.life INTO life;
    END IF;
    -- A clock that is set back leaves times that are still to come.
    UPDATE lease SET renewed = instant, unbroken_since = least(unbroken_since, instant)
        WHERE process = mine AND renewed > instant - lasts;
    unbroken := FOUND;
    IF NOT unbroken THEN
        INSERT INTO lease VALUES (mine, instant, instant)
            ON CONFLICT (process) DO UPDATE SET renewed = instant, unbroken_since = instant;
        RETURN;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM lease
                   WHERE process = mine AND unbroken_since <= instant - lasts - grace) THEN
        RETURN;
    END IF;
    dead := ARRAY(SELECT process FROM lease
                  WHERE renewed NOT BETWEEN instant - lasts AND instant + lasts);
    IF dead = '{}' THEN
        RETURN;
    END IF;
    WITH left_over AS (
        SELECT user_id, ARRAY(SELECT unnest(processes) EXCEPT SELECT unnest(dead)) AS living
        FROM person WHERE processes && dead OR keeper = ANY(dead)
    ), changed AS (
        UPDATE person SET processes = living, keeper = CASE WHEN living = '{}' THEN mine END
        FROM left_over WHERE person.user_id = left_over.user_id RETURNING person.user_id
    )
    SELECT coalesce(array_agg(user_id), '{}') INTO taken FROM changed;
    DELETE FROM lease WHERE process = ANY(dead);
    PERFORM tell_presence(mine, taken);
END $$;

-- End a process that goes in good order: its people may be taken over at once.
CREATE FUNCTION end_lease(mine bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM lock_presence();
    UPDATE person SET processes = array_remove(processes, mine),
            keeper = CASE WHEN processes = ARRAY[mine] THEN mine END
        WHERE mine = ANY(processes);
    UPDATE lease SET renewed = '-infinity' WHERE process = mine;
END $$;

-- Carry out one thing that is asked for; returns what came of it, the person's line, and that of
-- whoever has the name.
CREATE FUNCTION change_person(mine bigint, asked jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    what text := asked->>'do';
    id text := asked->>'id';
    keys text[] := ARRAY(SELECT jsonb_array_elements_text(asked->'keys'));
    came text := 'done';
    was person;
    is_there boolean;
    owner person;
BEGIN
    SELECT * INTO was FROM person WHERE user_id = id;
    is_there := FOUND;
    IF what IN ('release', 'expire') THEN
        IF NOT is_there OR
                what = 'expire' AND (was.processes <> '{}' OR was.keeper IS DISTINCT FROM mine) THEN
            RETURN jsonb_build_array('nothing', CASE WHEN is_there THEN person_line(was) END, NULL);
        END IF;
        DELETE FROM person WHERE user_id = id;
        RETURN jsonb_build_array('gone', person_line(was), NULL);
    END IF;
    IF NOT is_there AND what IN ('leave', 'describe') THEN
        RETURN jsonb_build_array('nothing', NULL, NULL);
    END IF;
    IF NOT is_there OR what = 'rename' THEN
        IF NOT is_there AND EXISTS (SELECT 1 FROM logout WHERE user_id = id) THEN
            RETURN jsonb_build_array('logged out', NULL, NULL);
        END IF;
        SELECT person.* INTO owner FROM person_name JOIN person USING (user_id)
            WHERE skeleton = ANY(keys) AND user_id <> id LIMIT 1;
        IF FOUND THEN
            RETURN jsonb_build_array(
                'taken', CASE WHEN is_there THEN person_line(was) END, person_line(owner));
        END IF;
        IF NOT is_there THEN
            INSERT INTO person (user_id, "user", ip, agent, device, keeper)
                VALUES (id, asked->>'user', asked->>'ip', asked->>'agent', asked->>'device', mine);
            came := 'anew';
        END IF;
        DELETE FROM person_name WHERE user_id = id;
        INSERT INTO person_name SELECT unnest(keys), id;
    END IF;
    IF what = 'connect' THEN
        came := CASE WHEN was.since IS NULL THEN 'arrived' ELSE 'done' END;
        UPDATE person SET processes = array_append(array_remove(processes, mine), mine),
                keeper = NULL, ip = asked->>'ip', agent = asked->>'agent',
                device = asked->>'device', since = coalesce(since, asked->>'since'),
                role = CASE WHEN since IS NULL THEN asked->>'role' ELSE role END,
                arrived = coalesce(arrived, clock_timestamp())
            WHERE user_id = id;
    ELSIF what = 'rename' THEN
        UPDATE person SET "user" = asked->>'user' WHERE user_id = id;
    ELSIF what = 'describe' THEN
        UPDATE person SET role = asked->>'role', muted = (asked->>'muted')::boolean
            WHERE user_id = id;
    ELSIF what = 'leave' THEN
        UPDATE person SET processes = array_remove(processes, mine),
                keeper = CASE WHEN processes = ARRAY[mine] THEN mine END
            WHERE user_id = id AND mine = ANY(processes);
    ELSIF what = 'remain' THEN
        IF came = 'anew' AND asked->>'since' IS NOT NULL THEN
            UPDATE person SET since = asked->>'since', role = asked->>'role',
                    muted = (asked->>'muted')::boolean,
                    arrived = clock_timestamp() - make_interval(secs => (asked->>'here')::float8)
                WHERE user_id = id;
        END IF;
        IF (asked->>'connected')::boolean THEN
            UPDATE person SET processes = array_append(array_remove(processes, mine), mine),
                    keeper = NULL
                WHERE user_id = id;
        ELSE
            UPDATE person SET processes = array_remove(processes, mine),
                    keeper = CASE WHEN processes = ARRAY[mine] THEN mine END
                WHERE user_id = id AND mine = ANY(processes);
        END IF;
    END IF;
    RETURN jsonb_build_array(
        came, (SELECT person_line(person) FROM person WHERE user_id = id), NULL);
END $$;

-- Carry out all that is asked for, in its order, then tell what was said; null without a lease.
-- Plans that were made while few were here, and read whole tables, would be kept when many are.
CREATE FUNCTION presence(mine bigint, lasts interval, asked jsonb, said text[])
RETURNS jsonb LANGUAGE plpgsql SET enable_seqscan = off SET jit = off AS $$
DECLARE
    each jsonb;
    answers jsonb[] := '{}';
BEGIN
    IF asked <> '[]' THEN
        PERFORM lock_presence();
        IF NOT EXISTS (SELECT 1 FROM lease
                       WHERE process = mine AND renewed > clock_timestamp() - lasts) THEN
            RETURN NULL;
        END IF;
        FOR each IN SELECT value FROM jsonb_array_elements(asked) LOOP
            answers := array_append(answers, change_person(mine, each));
        END LOOP;
        PERFORM tell_presence(mine, ARRAY(SELECT DISTINCT value->>'id'
                                          FROM jsonb_array_elements(asked)));
    END IF;
    PERFORM pg_notify('lanchat_presence', one) FROM unnest(said) AS one;
    RETURN to_jsonb(answers);
END $$;
"""
