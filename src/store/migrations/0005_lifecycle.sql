ALTER TABLE drafts FORCE ROW LEVEL SECURITY;--> statement-breakpoint

GRANT SELECT, INSERT, UPDATE, DELETE ON drafts TO dash_app;--> statement-breakpoint
GRANT UPDATE (revoked_at, opens, last_opened_at) ON shares TO dash_app;--> statement-breakpoint

-- Says which rule it keeps by its trigger's name.
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', replace(TG_NAME, '_', ' ') USING ERRCODE = 'restrict_violation';
END $$;
--> statement-breakpoint

-- A link is withdrawn for good, whoever asks.
CREATE TRIGGER shares_stay_revoked BEFORE UPDATE ON shares FOR EACH ROW
  WHEN (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at)
  EXECUTE FUNCTION refuse_change();--> statement-breakpoint

-- What changes a dashboard comes here first, in a transaction that entered the tenant: it returns the
-- dashboard's row, locked until the end of the transaction, so that changes queue up on it. Where there is
-- none it is made, without a version, if p_make says so, and is otherwise all null.
CREATE FUNCTION lock_dashboard(p_tenant text, p_dashboard text, p_make boolean) RETURNS definitions
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  dashboard definitions;
BEGIN
  SELECT d.* INTO dashboard FROM definitions d
  WHERE d.tenant_id = p_tenant AND d.dashboard_id = p_dashboard FOR NO KEY UPDATE;
  IF NOT FOUND AND p_make THEN
    -- Waits for whoever makes it at the same moment; then theirs is there to be locked.
    INSERT INTO definitions (tenant_id, dashboard_id, current_version, digest, title)
    VALUES (p_tenant, p_dashboard, 0, '', '') ON CONFLICT DO NOTHING;
    SELECT d.* INTO dashboard FROM definitions d
    WHERE d.tenant_id = p_tenant AND d.dashboard_id = p_dashboard FOR NO KEY UPDATE;
  END IF;
  RETURN dashboard;
END $$;
--> statement-breakpoint

-- Appends the next version of a dashboard that is locked, and makes it active; an archived dashboard is in
-- use again. The outcome is 'saved', or 'unchanged' where the last version has this digest: then it is kept.
CREATE FUNCTION add_version(
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
  SET current_version = next_version, digest = p_digest, title = p_title, updated_at = now(), archived_at = NULL
  WHERE d.tenant_id = dashboard.tenant_id AND d.dashboard_id = dashboard.dashboard_id;
  INSERT INTO versions (tenant_id, dashboard_id, version, content, digest, author, note)
  VALUES (dashboard.tenant_id, dashboard.dashboard_id, next_version, p_content, p_digest, p_author, p_note);
  RETURN QUERY SELECT 'saved', next_version, NULL::integer;
END $$;
--> statement-breakpoint

-- Saves a version. The outcome is add_version's, or 'conflict': p_expected, where given, is not the last
-- version, 0 meaning that there is none. Where there is a conflict nothing has changed.
CREATE FUNCTION save_definition_2(
  p_tenant text, p_dashboard text, p_content text, p_digest text, p_title text, p_author text, p_note text,
  p_expected integer
) RETURNS TABLE (outcome text, version integer, revision integer) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  dashboard definitions := lock_dashboard(p_tenant, p_dashboard, coalesce(p_expected, 0) = 0);
BEGIN
  IF p_expected <> coalesce(dashboard.current_version, 0) THEN
    RETURN QUERY SELECT 'conflict', coalesce(dashboard.current_version, 0), NULL::integer;
  ELSE
    RETURN QUERY SELECT * FROM add_version(dashboard, p_content, p_digest, p_title, p_author, p_note);
  END IF;
END $$;
--> statement-breakpoint

-- Writes the draft. The outcome is 'saved', 'unchanged' (this content was there: the revision stays), 'conflict',
-- or 'draft_conflict': p_revision, where given, is not the draft's, 0 meaning that there is none.
CREATE FUNCTION save_draft(
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
    archived_at = CASE WHEN active = 0 THEN NULL ELSE d.archived_at END
  WHERE d.tenant_id = p_tenant AND d.dashboard_id = p_dashboard;
  RETURN QUERY SELECT CASE WHEN draft.digest = p_digest THEN 'unchanged' ELSE 'saved' END, active, next_revision;
END $$;
--> statement-breakpoint

-- Makes the draft the next version, and removes it. The outcome is add_version's, 'no_draft', 'conflict' or
-- 'draft_conflict'.
CREATE FUNCTION publish_draft(
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
    RETURN QUERY SELECT * FROM add_version(dashboard, draft.content, draft.digest, draft.title, p_author,
      coalesce(nullif(p_note, ''), draft.note));
  END IF;
END $$;
--> statement-breakpoint

-- Saves a version's content, the last one's where p_version is null, as the next version. The outcome is
-- add_version's, 'conflict' or 'not_found'.
CREATE FUNCTION restore_version(
  p_tenant text, p_dashboard text, p_version integer, p_author text, p_note text, p_expected integer
) RETURNS TABLE (outcome text, version integer, revision integer) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  dashboard definitions := lock_dashboard(p_tenant, p_dashboard, false);
  restored versions;
BEGIN
  SELECT v.* INTO restored FROM versions v
  WHERE v.tenant_id = p_tenant AND v.dashboard_id = p_dashboard
    AND v.version = coalesce(p_version, dashboard.current_version);
  IF p_expected <> dashboard.current_version THEN
    RETURN QUERY SELECT 'conflict', dashboard.current_version, NULL::integer;
  ELSIF restored.version IS NULL THEN
    RETURN QUERY SELECT 'not_found', coalesce(dashboard.current_version, 0), NULL::integer;
  ELSE
    RETURN QUERY SELECT * FROM add_version(dashboard, restored.content, restored.digest,
      coalesce(restored.content::json #>> '{layout,title}', ''), p_author, p_note);
  END IF;
END $$;
--> statement-breakpoint

-- Takes a dashboard out of use. The outcome is 'saved', 'conflict' or 'not_found'.
CREATE FUNCTION archive_definition(p_tenant text, p_dashboard text, p_expected integer)
RETURNS TABLE (outcome text, version integer, revision integer) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  dashboard definitions := lock_dashboard(p_tenant, p_dashboard, false);
BEGIN
  IF dashboard.current_version IS NULL THEN
    RETURN QUERY SELECT 'not_found', 0, NULL::integer;
  ELSIF p_expected <> dashboard.current_version THEN
    RETURN QUERY SELECT 'conflict', dashboard.current_version, NULL::integer;
  ELSE
    UPDATE definitions d SET archived_at = now()
    WHERE d.tenant_id = p_tenant AND d.dashboard_id = p_dashboard AND d.archived_at IS NULL;
    RETURN QUERY SELECT 'saved', dashboard.current_version, NULL::integer;
  END IF;
END $$;
