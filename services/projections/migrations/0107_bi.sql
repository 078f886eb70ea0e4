-- migrate:up

-- What BI tools read: views whose names and columns stay (docs/bi.md). Figures come from what was published;
-- rows of people, under pseudonyms that nothing else knows, only for a role that may see rows.
do $$
declare
    name text;
begin
    foreach name in array array['projections_bi', 'projections_bi_rows'] loop
        begin
            if not exists (select from pg_roles where rolname = name) then
                execute format('create role %I nologin', name);
            end if;
        exception
            when duplicate_object or unique_violation then null;
            when insufficient_privilege then
                raise exception 'this login may not make the role %', name
                    using hint = 'Let a superuser make it first, as docs/hardening.md says.';
        end;
    end loop;
    execute format('grant connect on database %I to projections_bi, projections_bi_rows', current_database());
end $$;

create schema bi;
revoke all on schema bi from public, projections_consumer, projections_web, projections_auditor;
grant usage on schema bi to projections_bi, projections_bi_rows;

-- Pseudonyms are made with it: whoever has it could find out whose they are.
create table projections.bi_salt (one boolean primary key default true check (one), salt bytea not null);
insert into projections.bi_salt (salt) values (sha256(convert_to(gen_random_uuid()::text || gen_random_uuid(), 'UTF8')));
revoke all on projections.bi_salt from projections_consumer, projections_web, projections_auditor;

create function projections.bi_pseudonym(told uuid) returns text language sql stable
set search_path = pg_catalog, pg_temp as
$$ select left(encode(sha256(s.salt || uuid_send(told)), 'hex'), 32) from projections.bi_salt s $$;
revoke all on function projections.bi_pseudonym(uuid) from public;

create view bi.published_figure as
select id, '/published/' || id as address, report, question, published_at, published_by, organisation,
       encode(digest, 'hex') as digest, (d ->> 'as_of')::date as as_of, (d ->> 'known_at')::timestamptz as known_at,
       (d -> 'log' ->> 'complete_until')::timestamptz as complete_until,
       d ->> 'definition_version' as definition_version, d -> 'parameters' as parameters
  from projections.published, lateral (select document::jsonb as d) as told
 where report <> 'special';

create view bi.published_cell as
with line as (
    select id, report, told.line, told.place
      from projections.published,
           lateral (select document::jsonb -> 'result' as r) as result,
           lateral jsonb_array_elements(r -> 'rows' || jsonb_build_array(r -> 'total'))
                   with ordinality as told (line, place)
     where report <> 'special'
)
select id, report, place::int as line, coalesce(line ->> 'group', 'TOTAAL') as "group", '' as part, key as figure,
       case when jsonb_typeof(value) = 'number' then value::numeric end as value
  from line, jsonb_each(line)
 where jsonb_typeof(value) in ('number', 'null') and key <> 'group'
 union all
select id, report, place::int, coalesce(line ->> 'group', 'TOTAAL'),
       coalesce(one ->> 'months', one ->> 'exit_type', one ->> 'reason', one ->> 'motive', ''),
       list.key || '_' || cell.key,
       case when jsonb_typeof(cell.value) = 'number' then cell.value::numeric end
  from line, jsonb_each(line) as list,
       jsonb_array_elements(case when jsonb_typeof(list.value) = 'array' then list.value else '[]' end) as one,
       jsonb_each(case when jsonb_typeof(one) = 'object' then one else '{}' end) as cell
 where jsonb_typeof(cell.value) in ('number', 'null') and cell.key <> 'months';

create view bi.definition as
select p.id, p.report, d ->> 'figure' as figure, d ->> 'nl' as nl, d ->> 'en' as en
  from projections.published p, jsonb_array_elements(p.document::jsonb -> 'definitions') as d
 where p.report <> 'special';

-- A view would go on with the tables that it was made on when a rebuild puts others in their place; a function
-- looks them up by name each time. They run as their owner, so that nobody needs a right on read models.
create function bi.situations() returns table (
    pathway text, person text, since date, until date, status text, open boolean, provider text, lot text,
    scheme text, category text, age_group text, gender text, education text, unemployed_since date)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    return query
    select projections.bi_pseudonym(s.pathway_id), projections.bi_pseudonym(s.person_ref), s.since, s.until,
           s.status, s.open, s.provider, s.lot, s.scheme, s.category, s.age_group, s.gender, s.education,
           s.unemployed_since
      from reporting.situation s;
end $$;
create function bi.modules() returns table (
    pathway text, person text, module text, kind text, form text, measure text, organisation text,
    started_on date, planned_until date, last_day date, status text, ending text, migrated boolean)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    return query
    select projections.bi_pseudonym(m.pathway_id), projections.bi_pseudonym(m.person_ref),
           projections.bi_pseudonym(m.module_id), m.kind, m.form, m.measure, m.organisation, m.started_on,
           m.planned_until, m.last_day, m.status, m.ending, m.migrated
      from reporting.module m;
end $$;
create function bi.hires() returns table (
    pathway text, person text, hired_on date, employer text, contract text, proof text, after_module text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    return query
    select projections.bi_pseudonym(h.pathway_id), projections.bi_pseudonym(h.person_ref), h.hired_on,
           h.employer, h.contract, h.proof, projections.bi_pseudonym(h.linked_module_id)
      from reporting.hire h;
end $$;
create function bi.closings() returns table (
    pathway text, person text, closed_on date, exit_type text, proof text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    return query
    select projections.bi_pseudonym(c.pathway_id), projections.bi_pseudonym(c.person_ref), c.closed_on,
           c.exit_type, c.proof
      from reporting.closing c;
end $$;
create function bi.completeness() returns table (read_model text, complete_until timestamptz, newest_recorded_at timestamptz)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    return query
    select 'reporting', case when bool_and(p.complete_until is not null) then min(p.complete_until) end,
           max(p.newest_recorded_at)
      from reporting.partition_progress p;
end $$;

create view bi.situation_row as select * from bi.situations();
create view bi.module_row as select * from bi.modules();
create view bi.hire_row as select * from bi.hires();
create view bi.closing_row as select * from bi.closings();
create view bi.complete as select * from bi.completeness();

revoke all on all tables in schema bi from public, projections_consumer, projections_web, projections_auditor;
revoke all on all functions in schema bi from public;
grant select on bi.published_figure, bi.published_cell, bi.definition, bi.complete
    to projections_bi, projections_bi_rows;
grant execute on function bi.completeness() to projections_bi, projections_bi_rows;
grant select on bi.situation_row, bi.module_row, bi.hire_row, bi.closing_row to projections_bi_rows;
grant execute on function bi.situations(), bi.modules(), bi.hires(), bi.closings() to projections_bi_rows;

-- migrate:down

drop schema bi cascade;
drop function projections.bi_pseudonym(uuid);
drop table projections.bi_salt;
do $$
begin
    execute format('revoke connect on database %I from projections_bi, projections_bi_rows', current_database());
end $$;
