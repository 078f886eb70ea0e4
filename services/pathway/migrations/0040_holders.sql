-- migrate:up

-- Who holds a pathway, by which it is decided who may see it: what its facts add up to, committed with them.
create table pathway.holder (
    pathway_id uuid primary key,
    person_ref uuid not null,
    counsellor text,
    unit text,
    -- KBO number of each organisation that guides or guided, to the last day, or null while it does.
    partners jsonb not null,
    closed_on date,
    exit_type text
);
create index holder_person on pathway.holder (person_ref);

-- Facts from before this table. A late told fact counts on its own day, as in the fold.
insert into pathway.holder (pathway_id, person_ref, counsellor, unit, partners, closed_on, exit_type)
select first.originator_id,
       (convert_from(first.state, 'UTF8')::jsonb #>> '{fact,person_ref}')::uuid,
       assigned.fact ->> 'counsellor', assigned.fact ->> 'unit',
       coalesce(guided.partners, '{}'), closed.day, closed.fact ->> 'exit_type'
from pathway.pathway_events as first
left join lateral (
    select convert_from(state, 'UTF8')::jsonb -> 'fact' as fact from pathway.pathway_events
    where originator_id = first.originator_id and topic = 'CounsellorAssigned.v1'
    order by occurred_on desc, originator_version desc limit 1
) as assigned on true
left join lateral (
    select convert_from(state, 'UTF8')::jsonb -> 'fact' as fact, occurred_on as day
    from pathway.pathway_events
    where originator_id = first.originator_id and topic = 'PathwayClosed.v1'
    order by occurred_on desc, originator_version desc limit 1
) as closed on true
left join lateral (
    select jsonb_object_agg(organisation, until order by day, version) as partners
    from (
        select convert_from(state, 'UTF8')::jsonb #>> '{fact,guiding_organisation_after}' as organisation,
               occurred_on as day, originator_version as version,
               coalesce(
                   lead(occurred_on) over (order by occurred_on, originator_version) - 1, closed.day
               ) as until
        from pathway.pathway_events
        where originator_id = first.originator_id and topic = 'WepPlusMigrated.v1'
    ) as each
) as guided on true
where first.originator_version = 1;

-- Called right after `append`, in its transaction and under its lock.
create function pathway.hold(held jsonb) returns void
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

grant select, insert, update on pathway.holder to pathway_recorder;
grant select on pathway.holder to pathway_api, pathway_auditor;
grant create on schema pathway to pathway_recorder;
alter function pathway.hold(jsonb) owner to pathway_recorder;
revoke create on schema pathway from pathway_recorder;
revoke all on function pathway.hold(jsonb) from public;
grant execute on function pathway.hold(jsonb) to pathway_api;

-- migrate:down

drop function pathway.hold;
drop table pathway.holder;
