-- migrate:up

-- From which day on the scheduler has something to tell of a pathway; null when nothing is due. What is there
-- already gets a day long past, so that the scheduler looks at it once.
alter table pathway.holder add column due_from date default '1970-01-01';
alter table pathway.holder alter column due_from drop default;
create index holder_due on pathway.holder (due_from, pathway_id) where due_from is not null;

create or replace function pathway.hold(held jsonb) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    insert into pathway.holder as h (
        pathway_id, person_ref, counsellor, unit, partners, closed_on, exit_type, due_from)
    -- A process of the release before does not tell the day: then too the scheduler looks once.
    select told.* from jsonb_array_elements(held) as one,
        jsonb_populate_record(null::pathway.holder, '{"due_from": "1970-01-01"}' || one) as told
    on conflict (pathway_id) do update
    set counsellor = excluded.counsellor, unit = excluded.unit, partners = excluded.partners,
        closed_on = excluded.closed_on, exit_type = excluded.exit_type, due_from = excluded.due_from
    where h is distinct from excluded;
end $$;

do $$
begin
    if not exists (select from pg_roles where rolname = 'pathway_scheduler') then
        create role pathway_scheduler nologin;
    end if;
exception
    when duplicate_object or unique_violation then null;
    when insufficient_privilege then
        raise exception 'this login may not make the role pathway_scheduler'
            using hint = 'Let a superuser make it first, as docs/hardening.md says.';
end $$;
do $$
begin
    execute format('grant connect on database %I to pathway_scheduler', current_database());
end $$;
grant usage on schema pathway to pathway_scheduler;
grant select on pathway.pathway_events, pathway.store_mark, pathway.holder to pathway_scheduler;
grant update (due_from) on pathway.holder to pathway_scheduler;
grant execute on function
    pathway.append(uuid[], bigint[], text[], bytea[], bytea[], uuid[], date[], timestamptz[], jsonb),
    pathway.hold(jsonb) to pathway_scheduler;

-- migrate:down

create or replace function pathway.hold(held jsonb) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    insert into pathway.holder as h (
        pathway_id, person_ref, counsellor, unit, partners, closed_on, exit_type)
    select told.* from jsonb_populate_recordset(null::pathway.holder, held) as told
    on conflict (pathway_id) do update
    set counsellor = excluded.counsellor, unit = excluded.unit, partners = excluded.partners,
        closed_on = excluded.closed_on, exit_type = excluded.exit_type
    where h is distinct from excluded;
end $$;
drop index pathway.holder_due;
alter table pathway.holder drop column due_from;
