-- migrate:up

-- What `projections twin` has proven of each read model: `following` goes on with the topic, `round` goes through
-- all of it once more, and `complete` is the last round that came to its end.
create table projections.proof (
    projection text not null,
    kind text not null check (kind in ('following', 'round', 'complete')),
    cluster_id text not null,
    topic_id uuid not null,
    -- The next offset of each partition, and where a round ends.
    offsets jsonb not null,
    until jsonb not null,
    -- Of a round that has read all: the last pathway, in the order of ids, that was compared with all before it.
    compared_to uuid,
    -- All facts up to there, by place in the log, are in what was compared.
    position bigint not null,
    begun_at timestamptz not null,
    at timestamptz not null,
    events bigint not null,
    pathways bigint not null,
    differences bigint not null,
    -- The first of them, as text: tables, columns and ids, never a value.
    first_differences text[] not null check (cardinality(first_differences) <= 20),
    found_at timestamptz,
    primary key (projection, kind)
) with (fillfactor = 50);

-- What the topic told of each pathway, as one digest over its messages: SHA-256 of the digest before and the message.
create table projections.proof_pathway (
    projection text not null,
    kind text not null check (kind in ('following', 'round')),
    pathway_id uuid not null,
    version int not null,
    digest bytea not null,
    primary key (projection, kind, pathway_id)
);

-- That somebody wants a round now.
create table projections.proof_wanted (
    projection text primary key,
    since timestamptz not null
);

do $$
begin
    if not exists (select from pg_roles where rolname = 'projections_auditor') then
        create role projections_auditor nologin;
    end if;
exception
    when duplicate_object or unique_violation then null;
    when insufficient_privilege then
        raise exception 'this login may not make the role projections_auditor'
            using hint = 'Let a superuser make it first, as docs/hardening.md says.';
end $$;
do $$
declare
    read_model text;
begin
    execute format('grant connect on database %I to projections_auditor', current_database());
    foreach read_model in array array['counsellor', 'reporting'] loop
        if to_regnamespace(read_model) is not null then
            execute format('grant usage on schema %I to projections_auditor', read_model);
            execute format('grant select on all tables in schema %I to projections_auditor', read_model);
        end if;
    end loop;
end $$;
revoke all on projections.proof, projections.proof_pathway, projections.proof_wanted
    from projections_consumer, projections_web;
grant select on projections.proof to projections_web;
grant usage on schema projections to projections_auditor;
grant select, insert, update, delete
    on projections.proof, projections.proof_pathway, projections.proof_wanted to projections_auditor;
grant select on projections.parked to projections_auditor;
-- Read models to come. A table that comes to the schema `projections` has to take this away.
alter default privileges grant usage on schemas to projections_auditor;
alter default privileges grant select on tables to projections_auditor;

-- migrate:down

alter default privileges revoke all on schemas from projections_auditor;
alter default privileges revoke all on tables from projections_auditor;
do $$
declare
    read_model text;
begin
    foreach read_model in array array['counsellor', 'reporting', 'projections'] loop
        if to_regnamespace(read_model) is not null then
            execute format('revoke all on all tables in schema %I from projections_auditor', read_model);
            execute format('revoke all on schema %I from projections_auditor', read_model);
        end if;
    end loop;
    execute format('revoke connect on database %I from projections_auditor', current_database());
end $$;
drop table projections.proof_wanted, projections.proof_pathway, projections.proof;
