-- migrate:up

-- What each process may do, as roles that nobody signs in with: an operator grants them to logins
-- (docs/hardening.md). Roles belong to the whole server, so another database may have made them.
do $$
declare
    name text;
begin
    foreach name in array array[
        'pathway_recorder', 'pathway_api', 'pathway_publisher', 'pathway_auditor'
    ] loop
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
    -- Whoever is allowed onto the server is not yet allowed in here.
    execute format('revoke connect, temporary on database %I from public', current_database());
    execute format('grant connect on database %I to pathway_api, pathway_publisher, pathway_auditor',
        current_database());
end $$;

grant usage on schema pathway to pathway_recorder, pathway_api, pathway_publisher, pathway_auditor;
grant usage on schema vault to pathway_recorder, pathway_api;

-- Facts, looks and whatever is committed beside them go in by functions, as this role and no other.
grant select, insert on pathway.pathway_events, pathway.person_pathway, pathway.access_row
    to pathway_recorder;
grant select, insert, delete on pathway.open_pathway, pathway.command_answer to pathway_recorder;
grant select, insert on all tables in schema vault to pathway_recorder;

grant select on all tables in schema pathway to pathway_api;
grant insert, delete on pathway.command_answer to pathway_api;
grant insert on pathway.refused_command to pathway_api;
grant select, insert, update, delete on all tables in schema vault to pathway_api;
alter default privileges in schema vault grant select, insert, update, delete on tables to pathway_api;
alter default privileges in schema vault grant select, insert on tables to pathway_recorder;

grant select on pathway.pathway_events, pathway.store_mark, pathway.publisher_status,
    pathway.publisher_decision, pathway.checkpoint to pathway_publisher;
grant insert, update on pathway.publisher_status to pathway_publisher;
grant insert on pathway.publisher_decision, pathway.checkpoint to pathway_publisher;

grant select on pathway.pathway_events, pathway.store_mark, pathway.publisher_status,
    pathway.publisher_decision, pathway.checkpoint, pathway.access_row, pathway.refused_command
    to pathway_auditor;

-- To give a function away, one must be able to become its new owner, who may make things there.
grant create on schema pathway to pathway_recorder;
do $$
declare
    entry regprocedure;
begin
    if not pg_has_role(current_user, 'pathway_recorder', 'set') then
        begin
            execute format('grant pathway_recorder to %I', current_user);
        exception when insufficient_privilege then
            raise exception 'this login may not act as pathway_recorder'
                using hint = 'Let a superuser grant it that role, as docs/hardening.md says.';
        end;
    end if;
    for entry in
        select oid from pg_proc
        where pronamespace = 'pathway'::regnamespace and proname in ('append', 'record_looks')
    loop
        execute format('alter function %s security definer', entry);
        execute format('alter function %s set search_path = pg_catalog, pg_temp', entry);
        execute format('revoke all on function %s from public', entry);
        execute format('grant execute on function %s to pathway_api', entry);
        execute format('alter function %s owner to pathway_recorder', entry);
    end loop;
    if to_regclass('pathway.access_head') is not null then
        grant select, update on pathway.access_head to pathway_recorder;
        grant select on pathway.access_head to pathway_auditor;
    else
        grant insert on pathway.access_row to pathway_api;
    end if;
end $$;
revoke create on schema pathway from pathway_recorder;

-- migrate:down

do $$
declare
    entry regprocedure;
begin
    for entry in
        select oid from pg_proc
        where pronamespace = 'pathway'::regnamespace and proname in ('append', 'record_looks')
    loop
        execute format('alter function %s owner to %I', entry, current_user);
        execute format('grant execute on function %s to public', entry);
    end loop;
    if to_regprocedure('pathway.append(uuid[],bigint[],text[],bytea[],bytea[],uuid[],date[],timestamptz[],jsonb)')
        is not null then
        alter function pathway.append security invoker;
        alter function pathway.append reset search_path;
    end if;
    execute format('grant connect, temporary on database %I to public', current_database());
end $$;
-- In this database only; the roles stay, because another database may use them.
alter default privileges in schema vault revoke all on tables from pathway_api, pathway_recorder;
revoke all on all tables in schema pathway, vault
    from pathway_recorder, pathway_api, pathway_publisher, pathway_auditor;
revoke all on all functions in schema pathway from pathway_api;
revoke all on schema pathway, vault
    from pathway_recorder, pathway_api, pathway_publisher, pathway_auditor;
