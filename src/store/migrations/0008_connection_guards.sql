ALTER TABLE connections FORCE ROW LEVEL SECURITY;--> statement-breakpoint

-- No DELETE: a row stays, so that the revisions of its name go on counting.
GRANT SELECT, INSERT, UPDATE ON connections TO dash_app;--> statement-breakpoint

-- The owner may see and reseal the secrets of every tenant, in a transaction that says that it does so. It
-- sees them sealed: the keys are not in this database.
CREATE POLICY connections_resealed_seen ON connections FOR SELECT TO CURRENT_USER
  USING (secret IS NOT NULL AND (select current_setting('app.task', true)) = 'reseal');--> statement-breakpoint
CREATE POLICY connections_resealed ON connections FOR UPDATE TO CURRENT_USER
  USING (secret IS NOT NULL AND (select current_setting('app.task', true)) = 'reseal');--> statement-breakpoint

-- Makes whatever changes a tenant's connections queue up, in a transaction that entered the tenant, and returns
-- how many there are.
CREATE FUNCTION lock_connections(p_tenant text) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(concat_ws(' ', p_tenant, 'connections'), 0));
  -- A statement of its own: it sees what was committed during the wait.
  RETURN (SELECT count(*) FROM connections c WHERE c.tenant_id = p_tenant AND c.deleted_at IS NULL);
END $$;
--> statement-breakpoint

-- Returns one connection, unless it was deleted.
CREATE FUNCTION get_connection(p_tenant text, p_name text)
RETURNS TABLE (
  name text, settings text, secret text, revision integer, updated_by text,
  create_time_ms double precision, update_time_ms double precision
)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM enter_tenant(p_tenant);
  RETURN QUERY
    SELECT c.name, c.settings, c.secret, c.revision, c.updated_by,
      floor(extract(epoch FROM c.created_at) * 1000)::double precision,
      floor(extract(epoch FROM c.updated_at) * 1000)::double precision
    FROM connections c WHERE c.tenant_id = p_tenant AND c.name = p_name AND c.deleted_at IS NULL;
END $$;
--> statement-breakpoint

-- Saves a connection, in a transaction that holds the tenant's lock, and returns its revision. Without p_secret the
-- sealed secret stays that is there now, whoever has sealed it anew meanwhile; an empty p_secret removes it.
CREATE FUNCTION save_connection(
  p_tenant text, p_name text, p_kind text, p_settings text, p_secret text, p_author text
) RETURNS integer LANGUAGE sql VOLATILE AS $$
  INSERT INTO connections AS c (tenant_id, name, kind, settings, secret, revision, updated_by)
  VALUES (p_tenant, p_name, p_kind, p_settings, nullif(p_secret, ''), 1, p_author)
  ON CONFLICT (tenant_id, name) DO UPDATE
  SET kind = excluded.kind, settings = excluded.settings, secret = nullif(coalesce(p_secret, c.secret), ''),
    revision = c.revision + 1, updated_by = excluded.updated_by, updated_at = now(),
    created_at = CASE WHEN c.deleted_at IS NULL THEN c.created_at ELSE now() END, deleted_at = NULL
  RETURNING revision;
$$;
