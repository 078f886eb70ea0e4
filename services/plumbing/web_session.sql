-- Who is signed in to the pages, on whichever process: copy into a migration (SCHEMA is the schema).
create table SCHEMA.web_session (
    -- Of the cookie's value only a hash is kept, so that reading this table signs nobody in ...
    id_hash bytea primary key,
    -- ... and the access token is encrypted with a key that only the cookie's value gives.
    access_token text not null,
    expires_at timestamptz not null
);

create index web_session_expires_at on SCHEMA.web_session (expires_at);
