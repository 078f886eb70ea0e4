-- migrate:up

-- Where published facts stand on the events topic: of each window and partition one row, written in the
-- transaction that confirms the window. What a killed publisher sent and did not confirm has none.
create table pathway.published_range (
    -- A topic that was made anew has another id, and tells nothing of the one before.
    events_topic_id uuid not null,
    partition smallint not null,
    first_position bigint not null,
    last_position bigint not null,
    first_offset bigint not null,
    last_offset bigint not null,
    published_at timestamptz not null,
    primary key (events_topic_id, partition, first_position),
    check (first_position <= last_position and first_offset <= last_offset)
);

grant select, insert on pathway.published_range to pathway_publisher;
grant select on pathway.published_range to pathway_api, pathway_auditor;

-- migrate:down

drop table pathway.published_range;
