-- migrate:up

-- Which employers a pathway's decisions exclude from IBO: [{employer, since, until}], committed with its facts.
alter table pathway.holder add column excludes jsonb not null default '[]';
create index holder_excludes on pathway.holder using gin (excludes jsonb_path_ops) where excludes <> '[]';

-- Decisions from before this column, by the employer with whom their module started.
update pathway.holder as h set excludes = found.excludes
from (
    select breach.originator_id,
           jsonb_agg(jsonb_build_object(
               'employer', start.fact ->> 'employer', 'since', breach.occurred_on,
               'until', breach.fact ->> 'sanction_until') order by breach.occurred_on) as excludes
    from (
        select e.originator_id, e.occurred_on, convert_from(e.state, 'UTF8')::jsonb -> 'fact' as fact
        from pathway.pathway_events as e where e.topic = 'HireObligationBreached.v1'
          -- Annulled, or of a pathway that is no more: nobody is excluded by it.
          and not exists (
              select from pathway.pathway_events as a
              where a.originator_id = e.originator_id
                and (a.topic in ('PathwayAnnulled.v1', 'PathwayAbsorbed.v1')
                     or (a.topic = 'RegistrationAnnulled.v1'
                         and convert_from(a.state, 'UTF8')::jsonb #>> '{fact,target}' = e.fact_id::text)))
    ) as breach
    join (
        select originator_id, convert_from(state, 'UTF8')::jsonb -> 'fact' as fact
        from pathway.pathway_events where topic = 'IboStarted.v1'
    ) as start on start.originator_id = breach.originator_id
     and start.fact ->> 'module_id' = breach.fact ->> 'module_id'
    where breach.fact ->> 'sanction_until' is not null
    group by breach.originator_id
) as found
where found.originator_id = h.pathway_id;

create or replace function pathway.hold(held jsonb) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    insert into pathway.holder as h (
        pathway_id, person_ref, counsellor, unit, partners, closed_on, exit_type, due_from, excludes)
    -- A process of the release before does not tell these: the scheduler looks once, and who is excluded stays so.
    select told.* from jsonb_array_elements(held) as one
        left join pathway.holder as known on known.pathway_id = (one ->> 'pathway_id')::uuid
        cross join jsonb_populate_record(
            null::pathway.holder,
            jsonb_build_object('due_from', '1970-01-01', 'excludes', coalesce(known.excludes, '[]')) || one
        ) as told
    on conflict (pathway_id) do update
    set counsellor = excluded.counsellor, unit = excluded.unit, partners = excluded.partners,
        closed_on = excluded.closed_on, exit_type = excluded.exit_type, due_from = excluded.due_from,
        excludes = excluded.excludes
    where h is distinct from excluded;
end $$;

-- migrate:down

create or replace function pathway.hold(held jsonb) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    insert into pathway.holder as h (
        pathway_id, person_ref, counsellor, unit, partners, closed_on, exit_type, due_from)
    select told.pathway_id, told.person_ref, told.counsellor, told.unit, told.partners, told.closed_on,
           told.exit_type, told.due_from
    from jsonb_array_elements(held) as one,
        jsonb_populate_record(null::pathway.holder, '{"due_from": "1970-01-01"}' || one) as told
    on conflict (pathway_id) do update
    set counsellor = excluded.counsellor, unit = excluded.unit, partners = excluded.partners,
        closed_on = excluded.closed_on, exit_type = excluded.exit_type, due_from = excluded.due_from
    where h is distinct from excluded;
end $$;
drop index pathway.holder_excludes;
alter table pathway.holder drop column excludes;
