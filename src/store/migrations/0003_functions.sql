-- The hot paths, each one round trip. They are VOLATILE, since they set what row security reads, and
-- since in READ COMMITTED each of their statements must see what was committed while it waited.

-- Makes the rest of the transaction act as dash_app, for one tenant.
CREATE FUNCTION enter_tenant(p_tenant text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM set_config('role', 'dash_app', true), set_config('app.tenant_id', p_tenant, true);
END $$;
--> statement-breakpoint

-- Starts a mutating call in its transaction. With a key, waits for others with the same key, for
-- p_wait_ms at most (55P03), and returns what the first of them answered, if any did.
CREATE FUNCTION open_call(p_tenant text, p_method text, p_key text, p_wait_ms integer)
RETURNS TABLE (fingerprint text, answer bytea) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM enter_tenant(p_tenant),
    -- A process that hangs in the middle must not hold its locks for ever.
    set_config('idle_in_transaction_session_timeout', '5s', true),
    set_config('statement_timeout', '5s', true);
  IF p_key IS NULL THEN
    RETURN;
  END IF;
  PERFORM set_config('lock_timeout', p_wait_ms || 'ms', true);
  PERFORM pg_advisory_xact_lock(hashtextextended(concat_ws(' ', p_tenant, p_method, p_key), 0));
  PERFORM set_config('lock_timeout', '0', true);
  RETURN QUERY
    SELECT k.fingerprint, k.answer FROM idempotency_keys k
    WHERE k.tenant_id = p_tenant AND k.method = p_method AND k.key = p_key AND k.expires_at >= now();
END $$;
--> statement-breakpoint

-- Keeps the answer of a call that open_call started. An expired answer that was not swept yet gives way.
CREATE FUNCTION keep_answer(p_tenant text, p_method text, p_key text, p_fingerprint text, p_answer bytea)
RETURNS void LANGUAGE sql VOLATILE AS $$
  INSERT INTO idempotency_keys (tenant_id, method, key, fingerprint, answer, expires_at)
  VALUES (p_tenant, p_method, p_key, p_fingerprint, p_answer, now() + interval '24 hours')
  ON CONFLICT (tenant_id, method, key) DO UPDATE
  SET fingerprint = excluded.fingerprint, answer = excluded.answer, expires_at = excluded.expires_at;
$$;
--> statement-breakpoint

-- Appends the next version and makes it active, in a transaction that entered the tenant. The outcome is
-- 'saved', 'unchanged' (the active version has this digest) or 'conflict' (p_expected, where given, is not
-- the active version; 0 means that the dashboard does not exist), with the active version's number.
CREATE FUNCTION save_definition(
  p_tenant text, p_dashboard text, p_content text, p_digest text, p_title text, p_author text, p_expected integer
) RETURNS TABLE (outcome text, version integer) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  active definitions%ROWTYPE;
BEGIN
  LOOP
    -- The row's lock is what concurrent saves queue up on.
    UPDATE definitions d
    SET current_version = d.current_version + 1, digest = p_digest, title = p_title, updated_at = now()
    WHERE d.tenant_id = p_tenant AND d.dashboard_id = p_dashboard AND d.digest <> p_digest
      AND (p_expected IS NULL OR d.current_version = p_expected)
    RETURNING d.* INTO active;
    EXIT WHEN FOUND;

    SELECT d.* INTO active FROM definitions d WHERE d.tenant_id = p_tenant AND d.dashboard_id = p_dashboard;
    IF p_expected IS NOT NULL AND p_expected <> coalesce(active.current_version, 0) THEN
      RETURN QUERY SELECT 'conflict', coalesce(active.current_version, 0);
      RETURN;
    ELSIF active.digest = p_digest THEN
      RETURN QUERY SELECT 'unchanged', active.current_version;
      RETURN;
    ELSIF active.current_version IS NULL THEN
      INSERT INTO definitions AS d (tenant_id, dashboard_id, current_version, digest, title)
      VALUES (p_tenant, p_dashboard, 1, p_digest, p_title)
      ON CONFLICT DO NOTHING
      RETURNING d.* INTO active;
      EXIT WHEN FOUND;
    END IF;
    -- Another save came in between: look again.
  END LOOP;

  INSERT INTO versions (tenant_id, dashboard_id, version, content, digest, author)
  VALUES (p_tenant, p_dashboard, active.current_version, p_content, p_digest, p_author);
  RETURN QUERY SELECT 'saved', active.current_version;
END $$;
--> statement-breakpoint

-- Returns one version of a dashboard, the active one where p_version is null.
CREATE FUNCTION get_version(p_tenant text, p_dashboard text, p_version integer)
RETURNS TABLE (
  version integer, active boolean, content text, digest text, author text, create_time_ms double precision
)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM enter_tenant(p_tenant);
  RETURN QUERY
    SELECT v.version, v.version = d.current_version, v.content, v.digest, v.author,
      floor(extract(epoch FROM v.create_time) * 1000)::double precision
    FROM definitions d
    JOIN versions v ON v.tenant_id = d.tenant_id AND v.dashboard_id = d.dashboard_id
      AND v.version = coalesce(p_version, d.current_version)
    WHERE d.tenant_id = p_tenant AND d.dashboard_id = p_dashboard AND v.tenant_id = p_tenant;
END $$;
--> statement-breakpoint

-- Returns the number of the active version.
CREATE FUNCTION get_active_version(p_tenant text, p_dashboard text) RETURNS SETOF integer
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM enter_tenant(p_tenant);
  RETURN QUERY
    SELECT d.current_version FROM definitions d WHERE d.tenant_id = p_tenant AND d.dashboard_id = p_dashboard;
END $$;
--> statement-breakpoint

-- Returns a share link, expired and revoked ones too.
CREATE FUNCTION get_share(p_tenant text, p_share text)
RETURNS TABLE (dashboard_id text, version integer, filters text, expires_at_ms double precision, revoked boolean)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM enter_tenant(p_tenant);
  RETURN QUERY
    SELECT s.dashboard_id, s.version, s.filters,
      floor(extract(epoch FROM s.expires_at) * 1000)::double precision, s.revoked_at IS NOT NULL
    FROM shares s WHERE s.tenant_id = p_tenant AND s.share_id = p_share;
END $$;
--> statement-breakpoint

-- Says whether an operator has suspended the tenant.
CREATE FUNCTION is_suspended(p_tenant text) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM enter_tenant(p_tenant);
  RETURN EXISTS (SELECT FROM tenants t WHERE t.tenant_id = p_tenant AND t.suspended_at <= now());
END $$;
--> statement-breakpoint

-- Deletes expired keys of all tenants, at most 1000 at a time, and returns how many: none while another
-- replica sweeps. It runs as the owner, whom row security shows the expired ones only.
CREATE FUNCTION sweep_idempotency_keys(p_most integer) RETURNS bigint LANGUAGE plpgsql VOLATILE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  swept bigint;
BEGIN
  IF NOT pg_try_advisory_xact_lock(7270002) THEN
    RETURN 0;
  END IF;
  DELETE FROM idempotency_keys k USING (
    SELECT e.tenant_id, e.method, e.key FROM idempotency_keys e
    WHERE e.expires_at < now() ORDER BY e.expires_at LIMIT least(p_most, 1000)
  ) AS expired
  WHERE k.tenant_id = expired.tenant_id AND k.method = expired.method AND k.key = expired.key
    AND k.expires_at < now();
  GET DIAGNOSTICS swept = ROW_COUNT;
  RETURN swept;
END $$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION sweep_idempotency_keys(integer) FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION sweep_idempotency_keys(integer) TO dash_app;
