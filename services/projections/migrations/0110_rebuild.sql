-- migrate:up

-- What the last rebuild of a read model wrote down of itself: how far it is, that it is whole, when it was switched
-- in. Whether one is at work now says its lock.
create table projections.rebuild (
    projection text primary key,
    phase text not null default '',
    -- Of all the work, 0 to 1.
    share double precision not null default 0,
    per_second double precision not null default 0,
    seconds_left double precision,
    began_at timestamptz,
    told_at timestamptz,
    filled_at timestamptz,
    switched_at timestamptz,
    -- The last switch brought the one from before back.
    back boolean not null default false
);

revoke all on projections.rebuild from projections_consumer, projections_auditor;

-- migrate:down

drop table projections.rebuild;
