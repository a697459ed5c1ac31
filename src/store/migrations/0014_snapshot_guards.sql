ALTER TABLE share_snapshots FORCE ROW LEVEL SECURITY;--> statement-breakpoint

-- No UPDATE: what was kept is what is shown.
GRANT SELECT, INSERT, DELETE ON share_snapshots TO dash_app;--> statement-breakpoint
-- It is compressed already.
ALTER TABLE share_snapshots ALTER COLUMN content SET STORAGE EXTERNAL;--> statement-breakpoint

-- Keeps a link's snapshot, within the tenant's quotas, in the transaction that made the link. Its bytes count with those
-- of its dashboard.
CREATE FUNCTION keep_snapshot(p_tenant text, p_dashboard text, p_share text, p_content bytea) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  bytes_before bigint := lock_bytes(p_tenant, p_dashboard);
BEGIN
  INSERT INTO share_snapshots (tenant_id, share_id, content) VALUES (p_tenant, p_share, p_content);
  UPDATE definitions d SET stored_bytes = d.stored_bytes + octet_length(p_content)
  WHERE d.tenant_id = p_tenant AND d.dashboard_id = p_dashboard;
  PERFORM hold_quotas(p_tenant, p_dashboard, bytes_before);
END $$;
--> statement-breakpoint

-- Deletes a link's snapshot, if it has one, in a transaction that entered the tenant.
CREATE FUNCTION drop_snapshot(p_tenant text, p_share text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  gone bigint;
BEGIN
  DELETE FROM share_snapshots n WHERE n.tenant_id = p_tenant AND n.share_id = p_share
  RETURNING octet_length(n.content) INTO gone;
  IF FOUND THEN
    UPDATE definitions d SET stored_bytes = d.stored_bytes - gone
    FROM shares s
    WHERE s.tenant_id = p_tenant AND s.share_id = p_share
      AND d.tenant_id = p_tenant AND d.dashboard_id = s.dashboard_id;
  END IF;
END $$;
--> statement-breakpoint

-- Returns what a link shows for ever.
CREATE FUNCTION get_snapshot(p_tenant text, p_share text) RETURNS TABLE (content bytea) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM enter_tenant(p_tenant);
  RETURN QUERY SELECT n.content FROM share_snapshots n WHERE n.tenant_id = p_tenant AND n.share_id = p_share;
END $$;
--> statement-breakpoint

-- Returns a share link, expired and revoked ones too.
CREATE FUNCTION get_share_3(p_tenant text, p_share text)
RETURNS TABLE (
  dashboard_id text, version integer, filters text, viewer_filters jsonb, frame_ancestors jsonb,
  expires_at_ms double precision, revoked boolean, snapshot boolean
)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM enter_tenant(p_tenant);
  RETURN QUERY
    SELECT s.dashboard_id, s.version, s.filters, to_jsonb(s.viewer_filters), to_jsonb(s.frame_ancestors),
      floor(extract(epoch FROM s.expires_at) * 1000)::double precision, s.revoked_at IS NOT NULL, s.snapshot
    FROM shares s WHERE s.tenant_id = p_tenant AND s.share_id = p_share;
END $$;
--> statement-breakpoint

-- The releases before know no snapshots and would show today's data: to them such a link is not there.
CREATE OR REPLACE FUNCTION get_share_2(p_tenant text, p_share text)
RETURNS TABLE (
  dashboard_id text, version integer, filters text, viewer_filters jsonb, frame_ancestors jsonb,
  expires_at_ms double precision, revoked boolean
)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RETURN QUERY SELECT s.dashboard_id, s.version, s.filters, s.viewer_filters, s.frame_ancestors, s.expires_at_ms, s.revoked
    FROM get_share_3(p_tenant, p_share) s WHERE NOT s.snapshot;
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION get_share(p_tenant text, p_share text)
RETURNS TABLE (dashboard_id text, version integer, filters text, expires_at_ms double precision, revoked boolean)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RETURN QUERY SELECT s.dashboard_id, s.version, s.filters, s.expires_at_ms, s.revoked
    FROM get_share_3(p_tenant, p_share) s WHERE NOT s.snapshot;
END $$;
--> statement-breakpoint

-- The same as before, and deletes the snapshots of links that have ended, whichever release ended them: at most 1000 of
-- both together.
CREATE OR REPLACE FUNCTION sweep_shares(p_after text, p_most integer) RETURNS TABLE (swept bigint, go_on_after text)
LANGUAGE plpgsql VOLATILE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  tenant_before text := current_setting('app.tenant_id', true);
  next_tenant text := p_after;
  room bigint := least(p_most, 1000);
  ended text;
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
      -- Nobody is waited for here and below, who may be waiting for one of these.
      FOR ended IN
        SELECT n.share_id FROM share_snapshots n
        JOIN shares s ON s.tenant_id = n.tenant_id AND s.share_id = n.share_id
        WHERE n.tenant_id = next_tenant AND s.tenant_id = next_tenant AND least(s.expires_at, s.revoked_at) < now()
        LIMIT room - swept FOR UPDATE OF n SKIP LOCKED
      LOOP
        PERFORM drop_snapshot(next_tenant, ended);
        swept := swept + 1;
        EXIT WHEN clock_timestamp() > now() + interval '1 second';
      END LOOP;
      DELETE FROM shares s WHERE s.tenant_id = next_tenant AND s.share_id IN (
        SELECT e.share_id FROM shares e
        WHERE e.tenant_id = next_tenant AND least(e.expires_at, e.revoked_at) < now() - interval '90 days'
          AND NOT EXISTS (
            SELECT FROM share_snapshots n WHERE n.tenant_id = next_tenant AND n.share_id = e.share_id
          )
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
