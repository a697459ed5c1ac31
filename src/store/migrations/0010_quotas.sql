-- Quotas, and what an operator does to a tenant: it is listed, and purged.

-- The role that a tenant is purged as: the only one that may delete versions. Where the owner may not make roles,
-- an administrator makes it, at the latest for the first purge.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dash_purge') THEN
    CREATE ROLE dash_purge NOLOGIN;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN
  NULL; -- Or another database of the cluster made it at the same moment.
END $$;
--> statement-breakpoint
DO $$
BEGIN
  EXECUTE format('GRANT dash_purge TO %I', current_user);
EXCEPTION WHEN insufficient_privilege OR invalid_grant_operation OR undefined_object THEN
  NULL; -- Whoever makes the role grants it.
END $$;
--> statement-breakpoint

-- Says which rule it keeps by its trigger's name. Row security holds a purge to one tenant.
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_user = 'dash_purge' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION '%', replace(TG_NAME, '_', ' ') USING ERRCODE = 'restrict_violation';
END $$;
--> statement-breakpoint

-- The owner may see which tenants there are, in a transaction that says that it lists them.
CREATE POLICY definitions_listed ON definitions FOR SELECT TO CURRENT_USER
  USING ((select current_setting('app.task', true)) = 'list');--> statement-breakpoint
CREATE POLICY tenants_listed ON tenants FOR SELECT TO CURRENT_USER
  USING ((select current_setting('app.task', true)) = 'list');--> statement-breakpoint
CREATE POLICY connections_listed ON connections FOR SELECT TO CURRENT_USER
  USING ((select current_setting('app.task', true)) = 'list');--> statement-breakpoint

-- Enters the tenant that comes after one, as the owner, and returns it: null after the last one.
CREATE FUNCTION enter_next_tenant(p_after text) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  next_tenant text;
BEGIN
  PERFORM set_config('app.tenant_id', '', true), set_config('app.task', 'list', true);
  next_tenant := least(
    (SELECT d.tenant_id FROM definitions d WHERE d.tenant_id > p_after ORDER BY d.tenant_id LIMIT 1),
    (SELECT t.tenant_id FROM tenants t WHERE t.tenant_id > p_after ORDER BY t.tenant_id LIMIT 1),
    (SELECT c.tenant_id FROM connections c WHERE c.tenant_id > p_after ORDER BY c.tenant_id LIMIT 1));
  PERFORM set_config('app.task', '', true), set_config('app.tenant_id', coalesce(next_tenant, ''), true);
  RETURN next_tenant;
END $$;
--> statement-breakpoint

-- Counts what is stored already, tenant by tenant: the owner sees one at a time.
DO $$
DECLARE
  tenant text := '';
BEGIN
  LOOP
    tenant := enter_next_tenant(tenant);
    EXIT WHEN tenant IS NULL;
    UPDATE definitions d SET stored_bytes = (
      SELECT coalesce(sum(octet_length(v.content)), 0) FROM versions v
      WHERE v.tenant_id = d.tenant_id AND v.dashboard_id = d.dashboard_id
    ) + (
      SELECT coalesce(sum(octet_length(r.content)), 0) FROM drafts r
      WHERE r.tenant_id = d.tenant_id AND r.dashboard_id = d.dashboard_id
    ) WHERE d.tenant_id = tenant;
  END LOOP;
END $$;
--> statement-breakpoint

-- The functions that change content keep the count, also for replicas of the release before.
CREATE OR REPLACE FUNCTION add_version(
  dashboard definitions, p_content text, p_digest text, p_title text, p_author text, p_note text
) RETURNS TABLE (outcome text, version integer, revision integer) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  next_version integer := dashboard.current_version + 1;
BEGIN
  IF dashboard.digest = p_digest THEN
    UPDATE definitions d SET archived_at = NULL
    WHERE d.tenant_id = dashboard.tenant_id AND d.dashboard_id = dashboard.dashboard_id AND d.archived_at IS NOT NULL;
    RETURN QUERY SELECT 'unchanged', dashboard.current_version, NULL::integer;
    RETURN;
  END IF;
  UPDATE definitions d
  SET current_version = next_version, digest = p_digest, title = p_title, updated_at = now(), archived_at = NULL,
    stored_bytes = d.stored_bytes + octet_length(p_content)
  WHERE d.tenant_id = dashboard.tenant_id AND d.dashboard_id = dashboard.dashboard_id;
  INSERT INTO versions (tenant_id, dashboard_id, version, content, digest, author, note)
  VALUES (dashboard.tenant_id, dashboard.dashboard_id, next_version, p_content, p_digest, p_author, p_note);
  RETURN QUERY SELECT 'saved', next_version, NULL::integer;
END $$;
--> statement-breakpoint

CREATE OR REPLACE FUNCTION save_draft(
  p_tenant text, p_dashboard text, p_content text, p_digest text, p_title text, p_author text, p_note text,
  p_expected integer, p_revision integer
) RETURNS TABLE (outcome text, version integer, revision integer) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  dashboard definitions := lock_dashboard(
    p_tenant, p_dashboard, coalesce(p_expected, 0) = 0 AND coalesce(p_revision, 0) = 0);
  active integer := coalesce(dashboard.current_version, 0);
  draft drafts;
  next_revision integer;
BEGIN
  SELECT r.* INTO draft FROM drafts r WHERE r.tenant_id = p_tenant AND r.dashboard_id = p_dashboard;
  IF p_expected <> active THEN
    RETURN QUERY SELECT 'conflict', active, coalesce(draft.revision, 0);
    RETURN;
  ELSIF p_revision <> coalesce(draft.revision, 0) THEN
    RETURN QUERY SELECT 'draft_conflict', active, coalesce(draft.revision, 0);
    RETURN;
  END IF;

  next_revision := CASE WHEN draft.digest = p_digest THEN draft.revision ELSE dashboard.draft_revision + 1 END;
  INSERT INTO drafts AS r
    (tenant_id, dashboard_id, content, digest, title, author, note, revision, base_version)
  VALUES (p_tenant, p_dashboard, p_content, p_digest, p_title, p_author, p_note, next_revision, active)
  ON CONFLICT (tenant_id, dashboard_id) DO UPDATE
  SET content = excluded.content, digest = excluded.digest, title = excluded.title, author = excluded.author,
    note = excluded.note, revision = excluded.revision, updated_at = now();
  -- A dashboard that was never published is what its draft is.
  UPDATE definitions d
  SET draft_revision = next_revision, updated_at = now(),
    title = CASE WHEN active = 0 THEN p_title ELSE d.title END,
    archived_at = CASE WHEN active = 0 THEN NULL ELSE d.archived_at END,
    stored_bytes = d.stored_bytes + octet_length(p_content) - coalesce(octet_length(draft.content), 0)
  WHERE d.tenant_id = p_tenant AND d.dashboard_id = p_dashboard;
  RETURN QUERY SELECT CASE WHEN draft.digest = p_digest THEN 'unchanged' ELSE 'saved' END, active, next_revision;
END $$;
--> statement-breakpoint

CREATE OR REPLACE FUNCTION publish_draft(
  p_tenant text, p_dashboard text, p_author text, p_note text, p_expected integer, p_revision integer
) RETURNS TABLE (outcome text, version integer, revision integer) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  dashboard definitions := lock_dashboard(p_tenant, p_dashboard, false);
  active integer := coalesce(dashboard.current_version, 0);
  draft drafts;
BEGIN
  SELECT r.* INTO draft FROM drafts r WHERE r.tenant_id = p_tenant AND r.dashboard_id = p_dashboard;
  IF NOT FOUND THEN
    RETURN QUERY SELECT 'no_draft', active, 0;
  ELSIF p_expected <> active THEN
    RETURN QUERY SELECT 'conflict', active, draft.revision;
  ELSIF p_revision <> draft.revision THEN
    RETURN QUERY SELECT 'draft_conflict', active, draft.revision;
  ELSE
    DELETE FROM drafts r WHERE r.tenant_id = p_tenant AND r.dashboard_id = p_dashboard;
    UPDATE definitions d SET stored_bytes = d.stored_bytes - octet_length(draft.content)
    WHERE d.tenant_id = p_tenant AND d.dashboard_id = p_dashboard;
    RETURN QUERY SELECT * FROM add_version(dashboard, draft.content, draft.digest, draft.title, p_author,
      coalesce(nullif(p_note, ''), draft.note));
  END IF;
END $$;
--> statement-breakpoint

-- How much a tenant may keep, in a transaction that entered it: what an operator has set, else the defaults.
CREATE FUNCTION quotas_of(p_tenant text) RETURNS TABLE (dashboards bigint, bytes bigint) LANGUAGE sql VOLATILE AS $$
  SELECT
    coalesce(CASE jsonb_typeof(t.limits -> 'dashboards')
      WHEN 'number' THEN least((t.limits -> 'dashboards')::numeric, 1e15) END, 1000)::bigint,
    coalesce(CASE jsonb_typeof(t.limits -> 'bytes')
      WHEN 'number' THEN least((t.limits -> 'bytes')::numeric, 1e15) END, 1073741824)::bigint
  FROM (VALUES (p_tenant)) AS asked (tenant_id) LEFT JOIN tenants t ON t.tenant_id = p_tenant;
$$;
--> statement-breakpoint

-- Refuses, with an error that rolls the change back, what a change that was just made adds beyond the tenant's
-- quotas: DQ001 for a dashboard, DQ002 for bytes, with the quota as the detail. p_bytes_before is what the dashboard
-- held before, null where it was not there. What adds nothing is never refused.
CREATE FUNCTION hold_quotas(p_tenant text, p_dashboard text, p_bytes_before bigint) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  bytes_now bigint;
  quota record;
  used record;
  is_alone boolean := p_bytes_before IS NULL;
BEGIN
  SELECT d.stored_bytes INTO bytes_now FROM definitions d
  WHERE d.tenant_id = p_tenant AND d.dashboard_id = p_dashboard;
  IF NOT FOUND OR bytes_now <= p_bytes_before THEN
    RETURN;
  END IF;
  SELECT * INTO quota FROM quotas_of(p_tenant);
  LOOP
    IF is_alone THEN
      -- Taken after the dashboard's row, and nothing is waited for under it. What was committed before is seen.
      PERFORM pg_advisory_xact_lock(hashtextextended(concat_ws(' ', p_tenant, 'quotas'), 0));
    END IF;
    SELECT count(*) AS dashboards, sum(d.stored_bytes) AS bytes INTO used
    FROM definitions d WHERE d.tenant_id = p_tenant;
    -- Saves that run side by side do not see each other. Far from the quota they have room: 64 of the largest.
    EXIT WHEN is_alone OR used.bytes < quota.bytes - 67108864;
    is_alone := true;
  END LOOP;
  IF p_bytes_before IS NULL AND used.dashboards > quota.dashboards THEN
    RAISE EXCEPTION 'too many dashboards' USING ERRCODE = 'DQ001', DETAIL = quota.dashboards;
  ELSIF used.bytes > quota.bytes THEN
    RAISE EXCEPTION 'too many bytes' USING ERRCODE = 'DQ002', DETAIL = quota.bytes;
  END IF;
END $$;
--> statement-breakpoint

-- What a dashboard holds, its row locked; null where there is none.
CREATE FUNCTION lock_bytes(p_tenant text, p_dashboard text) RETURNS bigint LANGUAGE sql VOLATILE AS $$
  SELECT d.stored_bytes FROM definitions d
  WHERE d.tenant_id = p_tenant AND d.dashboard_id = p_dashboard FOR NO KEY UPDATE;
$$;
--> statement-breakpoint

-- The same as those before, within the tenant's quotas. A publication adds nothing: its draft goes.
CREATE FUNCTION save_definition_3(
  p_tenant text, p_dashboard text, p_content text, p_digest text, p_title text, p_author text, p_note text,
  p_expected integer
) RETURNS TABLE (outcome text, version integer, revision integer) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  bytes_before bigint := lock_bytes(p_tenant, p_dashboard);
BEGIN
  RETURN QUERY SELECT * FROM save_definition_2(
    p_tenant, p_dashboard, p_content, p_digest, p_title, p_author, p_note, p_expected);
  PERFORM hold_quotas(p_tenant, p_dashboard, bytes_before);
END $$;
--> statement-breakpoint
CREATE FUNCTION save_draft_2(
  p_tenant text, p_dashboard text, p_content text, p_digest text, p_title text, p_author text, p_note text,
  p_expected integer, p_revision integer
) RETURNS TABLE (outcome text, version integer, revision integer) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  bytes_before bigint := lock_bytes(p_tenant, p_dashboard);
BEGIN
  RETURN QUERY SELECT * FROM save_draft(
    p_tenant, p_dashboard, p_content, p_digest, p_title, p_author, p_note, p_expected, p_revision);
  PERFORM hold_quotas(p_tenant, p_dashboard, bytes_before);
END $$;
--> statement-breakpoint
CREATE FUNCTION restore_version_2(
  p_tenant text, p_dashboard text, p_version integer, p_author text, p_note text, p_expected integer
) RETURNS TABLE (outcome text, version integer, revision integer) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  bytes_before bigint := lock_bytes(p_tenant, p_dashboard);
BEGIN
  RETURN QUERY SELECT * FROM restore_version(p_tenant, p_dashboard, p_version, p_author, p_note, p_expected);
  PERFORM hold_quotas(p_tenant, p_dashboard, bytes_before);
END $$;
--> statement-breakpoint

-- The same as before, and refuses a tenant that is suspended (DQ003): what a replica remembers of that may be old,
-- where the database is slow, and nothing must come after a purge.
CREATE OR REPLACE FUNCTION open_call(p_tenant text, p_method text, p_key text, p_wait_ms integer)
RETURNS TABLE (fingerprint text, answer bytea) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM set_config('idle_in_transaction_session_timeout', '5s', true),
    set_config('statement_timeout', '5s', true);
  -- This enters the tenant, too.
  IF is_suspended(p_tenant) THEN
    RAISE EXCEPTION 'suspended' USING ERRCODE = 'DQ003';
  END IF;
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

-- Enters a tenant as the owner, and tells what it has: versions count from 1 without gaps, links that work are live.
CREATE FUNCTION describe_tenant(p_tenant text)
RETURNS TABLE (
  tenant text, dashboards bigint, versions bigint, stored_bytes bigint, links bigint, connections bigint,
  suspended_at_ms double precision, max_dashboards bigint, max_bytes bigint, is_known boolean, now_ms double precision
) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant, true);
  RETURN QUERY
    SELECT p_tenant, d.dashboards, d.versions, d.stored_bytes, s.links, c.connections,
      floor(extract(epoch FROM t.suspended_at) * 1000)::double precision, q.dashboards, q.bytes,
      t.tenant_id IS NOT NULL OR d.dashboards > 0 OR c.names > 0,
      floor(extract(epoch FROM now()) * 1000)::double precision
    FROM quotas_of(p_tenant) q
    CROSS JOIN (
      SELECT count(*) AS dashboards, coalesce(sum(each.current_version), 0)::bigint AS versions,
        coalesce(sum(each.stored_bytes), 0)::bigint AS stored_bytes
      FROM definitions each WHERE each.tenant_id = p_tenant
    ) d
    CROSS JOIN (
      SELECT count(*) AS links FROM shares each
      WHERE each.tenant_id = p_tenant AND each.revoked_at IS NULL AND each.expires_at > now()
    ) s
    CROSS JOIN (
      SELECT count(*) FILTER (WHERE each.deleted_at IS NULL) AS connections, count(*) AS names
      FROM connections each WHERE each.tenant_id = p_tenant
    ) c
    LEFT JOIN tenants t ON t.tenant_id = p_tenant;
END $$;
--> statement-breakpoint

-- Lists tenants in the order of their names, from the one after p_after on, as the owner.
CREATE FUNCTION list_tenants(p_after text, p_most integer)
RETURNS TABLE (
  tenant text, dashboards bigint, versions bigint, stored_bytes bigint, links bigint, connections bigint,
  suspended_at_ms double precision, max_dashboards bigint, max_bytes bigint
) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  next_tenant text := p_after;
BEGIN
  FOR i IN 1 .. p_most LOOP
    next_tenant := enter_next_tenant(next_tenant);
    EXIT WHEN next_tenant IS NULL;
    RETURN QUERY SELECT d.tenant, d.dashboards, d.versions, d.stored_bytes, d.links, d.connections,
      d.suspended_at_ms, d.max_dashboards, d.max_bytes FROM describe_tenant(next_tenant) d;
  END LOOP;
END $$;
--> statement-breakpoint

-- Deletes links that ended 90 days ago or earlier, at most 1000 of at most 100 tenants, of those after p_after.
-- Returns how many, and the tenant after which to go on: null where all were seen. Nothing is done, and p_after stays,
-- while another replica sweeps. It runs as the owner, who sees one tenant at a time.
CREATE FUNCTION sweep_shares(p_after text, p_most integer) RETURNS TABLE (swept bigint, go_on_after text)
LANGUAGE plpgsql VOLATILE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  tenant_before text := current_setting('app.tenant_id', true);
  next_tenant text := p_after;
  room bigint := least(p_most, 1000);
  gone bigint;
BEGIN
  swept := 0;
  go_on_after := p_after;
  IF pg_try_advisory_xact_lock(7270005) THEN
    FOR i IN 1 .. 100 LOOP
      next_tenant := enter_next_tenant(next_tenant);
      IF next_tenant IS NULL THEN
        go_on_after := NULL;
        EXIT;
      END IF;
      DELETE FROM shares s WHERE s.tenant_id = next_tenant AND s.share_id IN (
        SELECT e.share_id FROM shares e
        WHERE e.tenant_id = next_tenant AND least(e.expires_at, e.revoked_at) < now() - interval '90 days'
        -- Nobody is waited for, who may be waiting for one of these.
        LIMIT room - swept FOR UPDATE SKIP LOCKED
      );
      GET DIAGNOSTICS gone = ROW_COUNT;
      swept := swept + gone;
      EXIT WHEN swept >= room;
      go_on_after := next_tenant;
      -- A tenant may have very many links, and the statement 5 s.
      EXIT WHEN clock_timestamp() > now() + interval '1 second';
    END LOOP;
    -- Whoever called this is who it was.
    PERFORM set_config('app.tenant_id', coalesce(tenant_before, ''), true);
  END IF;
  RETURN NEXT;
END $$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION sweep_shares(text, integer) FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION sweep_shares(text, integer) TO dash_app;
