-- migrate:up
-- Who is signed in to the pages, on whichever process.
create table projections.web_session (
    -- Of the cookie's value only a hash is kept, so that reading this table signs nobody in ...
    id_hash bytea primary key,
    -- ... and the access token is encrypted with a key that only the cookie's value gives.
    access_token text not null,
    expires_at timestamptz not null
);

create index web_session_expires_at on projections.web_session (expires_at);

-- migrate:down
drop table projections.web_session;
