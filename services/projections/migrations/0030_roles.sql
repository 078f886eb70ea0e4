-- migrate:up

-- What each process may do, as roles that nobody signs in with: an operator grants them to logins
-- (docs/hardening.md). Neither is known to the write side's database or its vault.
do $$
declare
    name text;
    read_model text;
begin
    foreach name in array array['projections_consumer', 'projections_web'] loop
        begin
            if not exists (select from pg_roles where rolname = name) then
                execute format('create role %I nologin', name);
            end if;
        exception
            when duplicate_object or unique_violation then null;
            when insufficient_privilege then
                raise exception 'this login may not make the role %', name
                    using hint = 'Let a superuser make the roles first, as docs/hardening.md says.';
        end;
    end loop;
    execute format('revoke connect, temporary on database %I from public', current_database());
    execute format('grant connect on database %I to projections_consumer, projections_web',
        current_database());

    -- Read models that were there before; those to come have theirs by default, below.
    foreach read_model in array array['counsellor', 'reporting'] loop
        if to_regnamespace(read_model) is not null then
            execute format('grant usage on schema %I to projections_consumer, projections_web', read_model);
            execute format('grant select on all tables in schema %I to projections_web', read_model);
            execute format(
                'grant select, insert, update, delete on all tables in schema %I to projections_consumer',
                read_model);
        end if;
    end loop;

    -- To record a look is all that anybody may do to the trace, where a function does so.
    if to_regprocedure('projections.record_looks(jsonb, text[])') is not null then
        revoke all on function projections.record_looks(jsonb, text[]) from public;
        grant execute on function projections.record_looks(jsonb, text[]) to projections_web;
    else
        grant insert on projections.access_row to projections_web;
    end if;
end $$;

grant usage on schema projections to projections_consumer, projections_web;
grant select, insert, update, delete on projections.parked to projections_consumer;
grant select on projections.parked, projections.access_row to projections_web;
grant select, insert, delete on projections.web_session to projections_web;

-- Read models are made and made anew by `projections migrate`, each in a schema of its own. A table
-- that comes to the schema `projections` has to take away what it does not mean to give.
alter default privileges grant usage on schemas to projections_consumer, projections_web;
alter default privileges grant select on tables to projections_web;
alter default privileges grant select, insert, update, delete on tables to projections_consumer;

-- migrate:down

alter default privileges revoke all on schemas from projections_consumer, projections_web;
alter default privileges revoke all on tables from projections_consumer, projections_web;
do $$
declare
    read_model text;
begin
    foreach read_model in array array['counsellor', 'reporting', 'projections'] loop
        if to_regnamespace(read_model) is not null then
            execute format('revoke all on all tables in schema %I from projections_consumer, projections_web',
                read_model);
            execute format('revoke all on schema %I from projections_consumer, projections_web', read_model);
        end if;
    end loop;
    if to_regprocedure('projections.record_looks(jsonb, text[])') is not null then
        revoke all on function projections.record_looks(jsonb, text[]) from projections_web;
        grant execute on function projections.record_looks(jsonb, text[]) to public;
    end if;
    execute format('grant connect, temporary on database %I to public', current_database());
end $$;
