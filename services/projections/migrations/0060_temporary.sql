-- migrate:up

-- A report of another point of the two clocks is counted over temporary tables in the shape of its own.
do $$
begin
    execute format('grant temporary on database %I to projections_web', current_database());
end $$;

-- migrate:down

do $$
begin
    execute format('revoke temporary on database %I from projections_web', current_database());
end $$;
