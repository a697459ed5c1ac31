-- A save in one statement, for the releases from this one on. All that the statements of the release before call is
-- what it was.

-- How many bytes of definitions limits allow a tenant: what an operator has set, else the default.
CREATE FUNCTION bytes_quota(p_limits jsonb) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(CASE jsonb_typeof(p_limits -> 'bytes')
    WHEN 'number' THEN least((p_limits -> 'bytes')::numeric, 1e15) END, 1073741824)::bigint;
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION quotas_of(p_tenant text) RETURNS TABLE (dashboards bigint, bytes bigint)
LANGUAGE sql VOLATILE AS $$
  SELECT
    coalesce(CASE jsonb_typeof(t.limits -> 'dashboards')
      WHEN 'number' THEN least((t.limits -> 'dashboards')::numeric, 1e15) END, 1000)::bigint,
    bytes_quota(t.limits)
  FROM (VALUES (p_tenant)) AS asked (tenant_id) LEFT JOIN tenants t ON t.tenant_id = p_tenant;
$$;
--> statement-breakpoint

-- Saves the next version once per key, with its entry in the audit log and its answer: what open_call,
-- save_definition_3, write_audit and keep_answer do between a BEGIN and a COMMIT, as one statement that is its own
-- transaction. The outcome is save_definition_3's, of which 'conflict' has changed nothing and kept nothing, or
-- 'kept': then fingerprint and answer are those of the first call with this key. The answer is p_answer followed by
-- the version as a Protobuf varint. Raises DQ001 to DQ003, 55P03 when others with the same key take longer than
-- p_wait_ms, and 57014 after p_within_ms: then whoever called has given up, and nothing must come of it.
CREATE FUNCTION save_definition_once(
  p_tenant text, p_method text, p_key text, p_fingerprint text, p_answer bytea, p_wait_ms integer, p_within_ms integer,
  p_subject text, p_subject_tenant text, p_request_id text,
  p_dashboard text, p_content text, p_digest text, p_title text, p_author text, p_note text, p_expected integer,
  OUT outcome text, OUT version integer, OUT fingerprint text, OUT answer bytea
) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  -- What enter_tenant does. Here and below an expression without a query costs a tenth of one.
  role_now text := set_config('role', 'dash_app', true);
  tenant_now text := set_config('app.tenant_id', p_tenant, true);
  lock_id bigint := hashtextextended(concat_ws(' ', p_tenant, p_method, p_key), 0);
  lock_ms text;
  tenant record;
  bytes_now bigint;
  bytes_used bigint;
  rest integer;
BEGIN
  IF p_key IS NOT NULL AND NOT pg_try_advisory_xact_lock(lock_id) THEN
    lock_ms := set_config('lock_timeout', greatest(p_wait_ms, 1) || 'ms', true);
    PERFORM pg_advisory_xact_lock(lock_id);
    lock_ms := set_config('lock_timeout', '0', true);
  END IF;
  -- A query of its own, after the wait, since it must see what was committed meanwhile.
  SELECT t.suspended_at <= now() AS is_suspended, t.limits,
    k.fingerprint, k.answer, k.expires_at < now() AS is_expired INTO tenant
  FROM (VALUES (1)) AS one
  LEFT JOIN tenants t ON t.tenant_id = p_tenant
  LEFT JOIN idempotency_keys k ON k.tenant_id = p_tenant AND k.method = p_method AND k.key = p_key;
  IF tenant.is_suspended THEN
    RAISE EXCEPTION 'suspended' USING ERRCODE = 'DQ003';
  ELSIF NOT tenant.is_expired THEN
    outcome := 'kept';
    fingerprint := tenant.fingerprint;
    answer := tenant.answer;
    RETURN;
  END IF;

  -- Most saves are of a dashboard that is there. Its row is locked and changed at once, and nothing else if not.
  UPDATE definitions d
  SET current_version = d.current_version + 1, digest = p_digest, title = p_title, updated_at = now(),
    archived_at = NULL, stored_bytes = d.stored_bytes + octet_length(p_content)
  WHERE d.tenant_id = p_tenant AND d.dashboard_id = p_dashboard AND d.digest <> p_digest
    AND (p_expected IS NULL OR d.current_version = p_expected)
  RETURNING d.current_version, d.stored_bytes INTO version, bytes_now;
  IF FOUND THEN
    outcome := 'saved';
    INSERT INTO versions (tenant_id, dashboard_id, version, content, digest, author, note)
    VALUES (p_tenant, p_dashboard, version, p_content, p_digest, p_author, p_note);
    SELECT sum(d.stored_bytes) INTO bytes_used FROM definitions d WHERE d.tenant_id = p_tenant;
    -- Far from the quota there is room, which hold_quotas would find: it has the same limit.
    IF bytes_used >= bytes_quota(tenant.limits) - 67108864 THEN
      PERFORM hold_quotas(p_tenant, p_dashboard, bytes_now - octet_length(p_content));
    END IF;
  ELSE
    SELECT s.outcome, s.version INTO outcome, version FROM save_definition_3(
      p_tenant, p_dashboard, p_content, p_digest, p_title, p_author, p_note, p_expected) s;
    IF outcome = 'conflict' THEN
      RETURN;
    END IF;
  END IF;

  answer := p_answer;
  rest := version;
  WHILE rest > 127 LOOP
    answer := answer || set_byte('\x00', 0, (rest & 127) | 128);
    rest := rest >> 7;
  END LOOP;
  answer := answer || set_byte('\x00', 0, rest);

  -- As write_audit.
  INSERT INTO audit_log (tenant_id, at, subject, subject_tenant, action, kind, name, version, changed, request_id)
  VALUES (p_tenant, clock_timestamp(), p_subject, p_subject_tenant, 'save', 'definition', p_dashboard, version,
    outcome = 'saved', p_request_id);
  IF tenant.is_expired THEN
    PERFORM keep_answer(p_tenant, p_method, p_key, p_fingerprint, answer);
  ELSIF p_key IS NOT NULL THEN
    -- Whoever else might insert it waits for the lock: nothing to look for a second time, as keep_answer does.
    INSERT INTO idempotency_keys (tenant_id, method, key, fingerprint, answer, expires_at)
    VALUES (p_tenant, p_method, p_key, p_fingerprint, answer, now() + interval '24 hours');
  END IF;
  IF clock_timestamp() > statement_timestamp() + p_within_ms * interval '1 millisecond' THEN
    RAISE EXCEPTION 'too late' USING ERRCODE = 'query_canceled';
  END IF;
END $$;
