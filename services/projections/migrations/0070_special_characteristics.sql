-- migrate:up

-- What is of a special category (GDPR, article 9) and counted in reports alone. No event tells it, so no
-- read model holds it, no rebuild makes it again, and to erase it is to delete the row.
create table projections.special_characteristic (
    person_ref uuid primary key,
    -- Null is not told.
    disability boolean,
    migration_background boolean,
    other_disadvantage boolean,
    -- For which report it was asked, by whom and when.
    purpose text not null,
    recorded_by text not null,
    organisation text not null,
    recorded_at timestamptz not null
);

revoke all on projections.special_characteristic from projections_consumer, projections_web;
grant select, insert, update, delete on projections.special_characteristic to projections_web;

-- migrate:down
drop table projections.special_characteristic;
