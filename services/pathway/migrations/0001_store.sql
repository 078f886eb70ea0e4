-- migrate:up

create schema if not exists vault;

-- The log. Column names of the first five are the eventsourcing library's.
create table pathway.pathway_events (
    notification_id bigint generated always as identity,
    originator_id uuid not null,
    originator_version bigint not null check (originator_version > 0),
    topic text not null,
    state bytea not null,
    hash bytea not null,
    fact_id uuid not null,
    occurred_on date not null,
    recorded_at timestamptz not null,
    primary key (originator_id, originator_version)
) with (
    -- Nothing is ever updated or deleted here, so only inserts call for vacuum and statistics.
    autovacuum_analyze_scale_factor = 0.02,
    autovacuum_vacuum_insert_scale_factor = 0.1
);
create unique index pathway_events_position on pathway.pathway_events (notification_id);
create unique index pathway_events_fact on pathway.pathway_events (fact_id);

create function pathway.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'facts are never changed or deleted; record a correction instead';
end $$;
create trigger facts_stay before update or delete on pathway.pathway_events
    for each row execute function pathway.refuse_change();
create trigger facts_stay_all before truncate on pathway.pathway_events
    for each statement execute function pathway.refuse_change();

-- At most one open pathway per person: the primary key is the rule.
create table pathway.open_pathway (
    person_ref uuid primary key,
    pathway_id uuid not null unique
);

-- What was answered to a command, for 30 days: the same key gets the same answer.
create table pathway.command_answer (
    actor text not null,
    key text not null,
    body_hash bytea not null,
    status integer not null,
    answer jsonb not null,
    answered_at timestamptz not null,
    primary key (actor, key)
);
create index command_answer_age on pathway.command_answer (answered_at);

-- Refused commands are kept, without personal data.
create table pathway.refused_command (
    refused_id uuid primary key,
    refused_at timestamptz not null,
    actor_kind text not null,
    actor_ref text not null,
    actor_org text not null,
    pathway_id uuid,
    command text not null,
    rule text not null,
    detail text not null,
    command_id text not null,
    correlation_id text not null
);
create index refused_command_pathway on pathway.refused_command (pathway_id, refused_at);

-- Which store this is, and whether it is a demo (only a demo may be filled by a simulation).
create table pathway.store_mark (
    one boolean primary key default true check (one),
    store_id uuid not null default gen_random_uuid(),
    demo boolean not null default false
);
insert into pathway.store_mark default values;

-- Who a pathway is about. Sealed under a key of the person's own, which the master key wraps.
create table vault.person (
    person_ref uuid primary key,
    insz_hash bytea not null,
    sealed bytea not null,
    data_key bytea not null,
    constraint person_insz unique (insz_hash)
);
create table vault.lookup_key (
    one boolean primary key default true check (one),
    wrapped bytea not null
);

-- The only way in for facts: one statement holds all that belongs to the commit, and the lock is
-- taken inside it, so that the order of positions is the order of commits and no reader can pass
-- over a late one. An advisory lock, because VACUUM, ANALYZE and index builds never wait for it.
create function pathway.append(
    ids uuid[], versions bigint[], topics text[], states bytea[], hashes bytea[],
    fact_ids uuid[], days date[], instants timestamptz[], beside jsonb
) returns setof bigint language plpgsql as $$
begin
    perform pg_advisory_xact_lock(7249112015);

    if beside is not null then
        insert into vault.person (person_ref, insz_hash, sealed, data_key)
        select (p ->> 'person_ref')::uuid, decode(p ->> 'insz_hash', 'hex'),
               decode(p ->> 'sealed', 'hex'), decode(p ->> 'data_key', 'hex')
        from jsonb_array_elements(beside -> 'people') as p;

        insert into pathway.open_pathway (person_ref, pathway_id)
        select (o ->> 'person_ref')::uuid, (o ->> 'pathway_id')::uuid
        from jsonb_array_elements(beside -> 'opened') as o;

        delete from pathway.open_pathway where pathway_id in (
            select c::uuid from jsonb_array_elements_text(beside -> 'closed') as c);

        delete from pathway.command_answer as old
        using jsonb_array_elements(beside -> 'answers') as a
        where old.actor = a ->> 'actor' and old.key = a ->> 'key'
          and old.answered_at < (a ->> 'answered_at')::timestamptz - interval '30 days';
        insert into pathway.command_answer (actor, key, body_hash, status, answer, answered_at)
        select a ->> 'actor', a ->> 'key', decode(a ->> 'body_hash', 'hex'),
               (a ->> 'status')::integer, a -> 'answer', (a ->> 'answered_at')::timestamptz
        from jsonb_array_elements(beside -> 'answers') as a;
    end if;

    notify pathway_events;

    return query
    insert into pathway.pathway_events as e (
        originator_id, originator_version, topic, state, hash, fact_id, occurred_on, recorded_at)
    select f.id, f.version, f.topic, f.state, f.hash, f.fact_id, f.day, f.instant
    from unnest(ids, versions, topics, states, hashes, fact_ids, days, instants)
        with ordinality as f (id, version, topic, state, hash, fact_id, day, instant, place)
    order by f.place
    returning e.notification_id;
end $$;

-- migrate:down

drop function pathway.append;
drop table vault.lookup_key, vault.person, pathway.store_mark, pathway.refused_command,
    pathway.command_answer, pathway.open_pathway, pathway.pathway_events;
drop function pathway.refuse_change;
