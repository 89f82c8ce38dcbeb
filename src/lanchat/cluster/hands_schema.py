"""Raised hands, as the database has them: beside who is here, whose rows go with who leaves.

``hand`` is since when one is up, a moment later than all that are up: so it tells who came first,
on every server alike, whatever the clock does.
"""

HANDS_SCHEMA = """
ALTER TABLE rules ADD COLUMN hands boolean NOT NULL DEFAULT false;
ALTER TABLE person ADD COLUMN hand timestamptz;
CREATE INDEX person_hand ON person (hand) WHERE hand IS NOT NULL;

CREATE OR REPLACE FUNCTION person_line(one person) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_array(
        one.user_id, one."user", one.ip, one.agent, one.device, one.since, one.role, one.muted,
        extract(epoch FROM clock_timestamp() - one.arrived), one.processes, one.keeper,
        extract(epoch FROM one.arrived),
        to_char(one.hand AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'));
$$;

ALTER FUNCTION change_person(bigint, jsonb) RENAME TO change_presence;

CREATE FUNCTION change_hand(asked jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    last timestamptz;
BEGIN
    IF asked->>'do' = 'lower' THEN
        UPDATE person SET hand = NULL WHERE user_id = asked->>'id' AND hand IS NOT NULL;
    ELSE
        SELECT max(hand) INTO last FROM person WHERE hand IS NOT NULL;
        UPDATE person SET hand = greatest(
                date_trunc('milliseconds', clock_timestamp()), last + interval '1 millisecond')
            WHERE user_id = asked->>'id' AND since IS NOT NULL AND hand IS NULL;
    END IF;
    RETURN jsonb_build_array(
        'done', (SELECT person_line(person) FROM person WHERE user_id = asked->>'id'), NULL);
END $$;

-- Who is here again for the database had a hand up, or had not: their process knows.
CREATE FUNCTION change_person(mine bigint, asked jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    answer jsonb;
BEGIN
    IF asked->>'do' IN ('raise', 'lower') THEN
        RETURN change_hand(asked);
    END IF;
    answer := change_presence(mine, asked);
    IF asked->>'do' = 'remain' AND answer->>0 = 'anew' AND asked->>'hand' IS NOT NULL THEN
        UPDATE person SET hand = (asked->>'hand')::timestamptz WHERE user_id = asked->>'id';
        answer := jsonb_set(answer, '{1}', (
            SELECT person_line(person) FROM person WHERE user_id = asked->>'id'));
    END IF;
    RETURN answer;
END $$;
"""
