-- migrate:up

-- People are found by the first letters of a name: keyed hashes, of which half is kept. Whoever is
-- destroyed goes from here too. Made again by `pathway vault index`.
create table vault.name_prefix (
    hash bytea not null,
    person_ref uuid not null references vault.person on delete cascade,
    primary key (hash, person_ref)
);
create index name_prefix_person on vault.name_prefix (person_ref);

-- Every number that a person has or had. A replaced one is sealed here, under the person's key; the
-- others stand in vault.person. `since` is null for what was there before this table.
create table vault.number (
    insz_hash bytea not null,
    person_ref uuid not null references vault.person on delete cascade,
    status text not null check (status in ('CURRENT', 'REPLACED', 'CANCELLED')),
    since date,
    source text not null,
    sealed bytea check ((status = 'REPLACED') = (sealed is not null)),
    constraint number_insz primary key (insz_hash)
);
create index number_person on vault.number (person_ref);
create unique index number_current on vault.number (person_ref) where status <> 'REPLACED';
insert into vault.number (insz_hash, person_ref, status, source)
select insz_hash, person_ref, 'CURRENT', 'INSCHRIJVING' from vault.person;

-- References that turned out to be one person. `same_as` never stands on the left itself: whoever
-- links keeps every person's references one step away from the one that counts.
create table vault.same_person (
    person_ref uuid primary key,
    same_as uuid not null check (same_as <> person_ref),
    since timestamptz not null,
    source text not null
);
create index same_person_same_as on vault.same_person (same_as);

-- Free text about a person, under the person's key: it ends with the key, the rest of its row stays.
create table vault.note (
    note_id uuid primary key,
    place bigint generated always as identity unique,
    person_ref uuid not null,
    pathway_id uuid not null,
    kind text not null,
    sealed bytea,
    written_at timestamptz not null,
    author text not null,
    redacted_at timestamptz,
    redacted_by text,
    motive text,
    check ((sealed is null) = (redacted_at is not null)),
    check ((redacted_at is null) = (motive is null) and (motive is null) = (redacted_by is null))
);
create index note_pathway on vault.note (pathway_id, place);

-- As before, with a person's number and name parts in the same commit.
create or replace function pathway.append(
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

        insert into vault.number (insz_hash, person_ref, status, since, source)
        select decode(p ->> 'insz_hash', 'hex'), (p ->> 'person_ref')::uuid, 'CURRENT',
               (p ->> 'since')::date, 'INSCHRIJVING'
        from jsonb_array_elements(beside -> 'people') as p;

        insert into vault.name_prefix (hash, person_ref)
        select decode(prefix, 'hex'), (p ->> 'person_ref')::uuid
        from jsonb_array_elements(beside -> 'people') as p,
             jsonb_array_elements_text(p -> 'prefixes') as prefix;

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

create or replace function pathway.append(
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
drop table vault.note, vault.same_person, vault.number, vault.name_prefix;
