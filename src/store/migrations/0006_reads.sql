-- What is read and counted, each in one round trip, and the functions of the release before.

-- Returns one version of a dashboard, the last one where p_version is null.
CREATE FUNCTION get_version_2(p_tenant text, p_dashboard text, p_version integer)
RETURNS TABLE (
  version integer, active boolean, content text, digest text, author text, note text,
  create_time_ms double precision, archived boolean
)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM enter_tenant(p_tenant);
  RETURN QUERY
    SELECT v.version, v.version = d.current_version AND d.archived_at IS NULL, v.content, v.digest, v.author,
      coalesce(v.note, ''), floor(extract(epoch FROM v.create_time) * 1000)::double precision,
      d.archived_at IS NOT NULL
    FROM definitions d
    JOIN versions v ON v.tenant_id = d.tenant_id AND v.dashboard_id = d.dashboard_id
      AND v.version = coalesce(p_version, d.current_version)
    WHERE d.tenant_id = p_tenant AND d.dashboard_id = p_dashboard AND v.tenant_id = p_tenant;
END $$;
--> statement-breakpoint

-- Returns a dashboard's draft.
CREATE FUNCTION get_draft(p_tenant text, p_dashboard text)
RETURNS TABLE (
  content text, digest text, title text, author text, note text, revision integer, base_version integer,
  update_time_ms double precision, archived boolean
)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM enter_tenant(p_tenant);
  RETURN QUERY
    SELECT r.content, r.digest, r.title, r.author, r.note, r.revision, r.base_version,
      floor(extract(epoch FROM r.updated_at) * 1000)::double precision, d.archived_at IS NOT NULL
    FROM drafts r
    JOIN definitions d ON d.tenant_id = r.tenant_id AND d.dashboard_id = r.dashboard_id
    WHERE r.tenant_id = p_tenant AND r.dashboard_id = p_dashboard AND d.tenant_id = p_tenant;
END $$;
--> statement-breakpoint

-- Returns a share link, expired and revoked ones too. The lists are JSON, which every driver reads.
CREATE FUNCTION get_share_2(p_tenant text, p_share text)
RETURNS TABLE (
  dashboard_id text, version integer, filters text, viewer_filters jsonb, frame_ancestors jsonb,
  expires_at_ms double precision, revoked boolean
)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM enter_tenant(p_tenant);
  RETURN QUERY
    SELECT s.dashboard_id, s.version, s.filters, to_jsonb(s.viewer_filters), to_jsonb(s.frame_ancestors),
      floor(extract(epoch FROM s.expires_at) * 1000)::double precision, s.revoked_at IS NOT NULL
    FROM shares s WHERE s.tenant_id = p_tenant AND s.share_id = p_share;
END $$;
--> statement-breakpoint

-- Adds to the counts of a tenant's links: p_opens is [[share_id, opens, last_opened_at_ms], ...].
CREATE FUNCTION count_opens(p_tenant text, p_opens jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM enter_tenant(p_tenant);
  -- In the order of their ids, so that two replicas never wait for each other in a circle.
  PERFORM FROM shares s
  WHERE s.tenant_id = p_tenant AND s.share_id IN (SELECT o ->> 0 FROM jsonb_array_elements(p_opens) o)
  ORDER BY s.share_id FOR NO KEY UPDATE;
  UPDATE shares s
  SET opens = s.opens + counted.opens, last_opened_at = greatest(s.last_opened_at, counted.last_opened_at)
  FROM (
    SELECT o ->> 0 AS share_id, sum((o ->> 1)::bigint) AS opens,
      max(timestamptz 'epoch' + (o ->> 2)::double precision * interval '1 millisecond') AS last_opened_at
    FROM jsonb_array_elements(p_opens) o GROUP BY 1
  ) AS counted
  WHERE s.tenant_id = p_tenant AND s.share_id = counted.share_id;
END $$;
--> statement-breakpoint

-- The release before knows neither drafts nor archived dashboards. While its replicas run, their calls have
-- the same names and columns: to them a dashboard that is archived or was never published is not there, and
-- what they save is in use again.
CREATE OR REPLACE FUNCTION save_definition(
  p_tenant text, p_dashboard text, p_content text, p_digest text, p_title text, p_author text, p_expected integer
) RETURNS TABLE (outcome text, version integer) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RETURN QUERY SELECT s.outcome, s.version
    FROM save_definition_2(p_tenant, p_dashboard, p_content, p_digest, p_title, p_author, '', p_expected) s;
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION get_version(p_tenant text, p_dashboard text, p_version integer)
RETURNS TABLE (
  version integer, active boolean, content text, digest text, author text, create_time_ms double precision
)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RETURN QUERY SELECT v.version, v.active, v.content, v.digest, v.author, v.create_time_ms
    FROM get_version_2(p_tenant, p_dashboard, p_version) v WHERE NOT v.archived;
END $$;
--> statement-breakpoint

-- Returns the number of the active version of a dashboard that is in use.
CREATE OR REPLACE FUNCTION get_active_version(p_tenant text, p_dashboard text) RETURNS SETOF integer
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM enter_tenant(p_tenant);
  RETURN QUERY
    SELECT d.current_version FROM definitions d
    WHERE d.tenant_id = p_tenant AND d.dashboard_id = p_dashboard
      AND d.current_version > 0 AND d.archived_at IS NULL;
END $$;
