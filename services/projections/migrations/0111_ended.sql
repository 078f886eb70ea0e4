-- migrate:up

-- Why a read model's consumer ended and waits for a person to decide; gone once one follows again.
create table projections.ended (
    projection text primary key,
    at timestamptz not null,
    why text not null
);

revoke all on projections.ended from projections_consumer, projections_auditor;
grant select, insert, update, delete on projections.ended to projections_consumer;

-- migrate:down

drop table projections.ended;
