-- Who did what to which definition, share, connection or tenant. It is partitioned by month, in UTC, and so is not
-- in schema.ts: drizzle-kit knows no partitions. They are in a schema of their own, which only the owner enters.
CREATE SCHEMA IF NOT EXISTS audit;--> statement-breakpoint

CREATE TABLE audit_log (
  tenant_id text NOT NULL,
  at timestamp with time zone NOT NULL,
  entry_id uuid NOT NULL DEFAULT gen_random_uuid(),
  subject text NOT NULL,
  subject_tenant text,
  action text NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  version integer,
  changed boolean NOT NULL,
  request_id text,
  CONSTRAINT audit_log_pk PRIMARY KEY (tenant_id, at, entry_id),
  CONSTRAINT audit_log_kinds CHECK (kind IN ('definition', 'share', 'connection', 'tenant'))
) PARTITION BY RANGE (at);--> statement-breakpoint
CREATE INDEX audit_log_of_thing ON audit_log (tenant_id, kind, name, at);--> statement-breakpoint

ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE audit_log FORCE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY audit_log_seen ON audit_log FOR SELECT
  USING (tenant_id = (select current_setting('app.tenant_id', true)));--> statement-breakpoint
CREATE POLICY audit_log_written ON audit_log FOR INSERT
  WITH CHECK (tenant_id = (select current_setting('app.tenant_id', true)));--> statement-breakpoint
GRANT SELECT, INSERT ON audit_log TO dash_app;--> statement-breakpoint
-- What was done to the tenant itself stays, its purge among it. The role may be made later than this.
CREATE POLICY audit_log_purged ON audit_log FOR DELETE
  USING (
    tenant_id = (select current_setting('app.tenant_id', true)) AND kind <> 'tenant' AND current_user = 'dash_purge'
  );--> statement-breakpoint
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'dash_purge') THEN
    GRANT SELECT, INSERT, DELETE ON audit_log TO dash_purge;
  END IF;
END $$;
--> statement-breakpoint

-- An entry is for ever, whoever asks, but for the purge of a tenant and for the retention of what has no month.
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND (
    (TG_TABLE_NAME = 'audit_log' AND current_user = 'dash_purge')
    OR (TG_TABLE_SCHEMA = 'audit' AND TG_TABLE_NAME = 'rest' AND current_setting('app.task', true) = 'retention')
  ) THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'the audit log stays' USING ERRCODE = 'restrict_violation';
END $$;
--> statement-breakpoint
CREATE TRIGGER audit_log_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();--> statement-breakpoint

-- Takes what no month does, so that no entry ever fails for want of a month.
CREATE TABLE audit.rest PARTITION OF audit_log DEFAULT;--> statement-breakpoint
ALTER TABLE audit.rest ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE audit.rest FORCE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY rest_kept_seen ON audit.rest FOR SELECT TO CURRENT_USER
  USING (at < now() - interval '1 month' AND (select current_setting('app.task', true)) = 'retention');--> statement-breakpoint
CREATE POLICY rest_kept ON audit.rest FOR DELETE TO CURRENT_USER
  USING (at < now() - interval '1 month' AND (select current_setting('app.task', true)) = 'retention');--> statement-breakpoint
CREATE TRIGGER audit_log_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.rest
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();--> statement-breakpoint

-- Writes an entry, in a transaction that entered the tenant. Its time is not the transaction's: whatever changes a
-- thing holds a lock of it until the commit, so that the entries of a thing are in the order of what was done to it.
-- p_subject_tenant is the tenant of the token that p_subject had, null for an operator, who has none. p_changed is
-- false where all was already as it was wanted.
CREATE FUNCTION write_audit(
  p_tenant text, p_subject text, p_subject_tenant text, p_action text, p_kind text, p_name text, p_version integer,
  p_changed boolean, p_request_id text
) RETURNS void LANGUAGE sql VOLATILE AS $$
  INSERT INTO audit_log (tenant_id, at, subject, subject_tenant, action, kind, name, version, changed, request_id)
  VALUES (p_tenant, clock_timestamp(), p_subject, p_subject_tenant, p_action, p_kind, p_name, p_version, p_changed,
    p_request_id);
$$;
--> statement-breakpoint

-- Makes the partitions of this month and of the next ones, 12 at most, and returns how many it made: none while
-- another replica does. A month of which some entries are among the rest already has no partition. A lock that it
-- cannot have at once it waits for 200 ms, because saves wait behind it.
CREATE FUNCTION add_audit_months(p_ahead integer) RETURNS integer LANGUAGE plpgsql VOLATILE STRICT
SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' SET lock_timeout = '200ms' AS $$
DECLARE
  this_month timestamptz := date_trunc('month', now());
  starts timestamptz;
  month text;
  made integer := 0;
BEGIN
  IF NOT pg_try_advisory_xact_lock(7270011) THEN
    RETURN 0;
  END IF;
  FOR ahead IN 0 .. least(p_ahead, 12) LOOP
    starts := this_month + make_interval(months => ahead);
    month := to_char(starts, '"month_"YYYY_MM');
    CONTINUE WHEN to_regclass('audit.' || month) IS NOT NULL;
    BEGIN
      EXECUTE format('CREATE TABLE audit.%I (LIKE audit_log INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', month);
      EXECUTE format('ALTER TABLE audit.%I ENABLE ROW LEVEL SECURITY', month);
      EXECUTE format('ALTER TABLE audit.%I FORCE ROW LEVEL SECURITY', month);
      EXECUTE format('CREATE TRIGGER audit_log_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.%I
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()', month);
      -- Unlike a table that is made as a partition, one that is attached lets entries be written meanwhile.
      EXECUTE format('ALTER TABLE audit_log ATTACH PARTITION audit.%I FOR VALUES FROM (%L) TO (%L)',
        month, starts, starts + interval '1 month');
      made := made + 1;
    EXCEPTION WHEN check_violation THEN
      NULL; -- The rest has entries of it.
    END;
  END LOOP;
  RETURN made;
END $$;
--> statement-breakpoint

-- Drops the months that ended p_keep months ago or earlier, 12 at most at a time, and returns how many it dropped:
-- none while another replica does. Less than a month is never kept. Of the rest it deletes 10000 entries at most.
CREATE FUNCTION drop_audit_months(p_keep integer) RETURNS integer LANGUAGE plpgsql VOLATILE STRICT
SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' SET lock_timeout = '200ms' AS $$
DECLARE
  kept_since timestamptz := now() - make_interval(months => greatest(p_keep, 1));
  month text;
  dropped integer := 0;
BEGIN
  IF NOT pg_try_advisory_xact_lock(7270011) THEN
    RETURN 0;
  END IF;
  FOR month IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'audit_log'::regclass AND c.relname ~ '^month_\d{4}_\d\d$'
      AND to_date(substr(c.relname, 7), 'YYYY_MM') + interval '1 month' <= kept_since
    ORDER BY c.relname LIMIT 12
  LOOP
    EXECUTE format('DROP TABLE audit.%I', month);
    dropped := dropped + 1;
  END LOOP;
  PERFORM set_config('app.task', 'retention', true);
  DELETE FROM audit.rest r
  WHERE r.ctid IN (SELECT old.ctid FROM audit.rest old WHERE old.at < kept_since LIMIT 10000);
  PERFORM set_config('app.task', '', true);
  RETURN dropped;
END $$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION add_audit_months(integer), drop_audit_months(integer) FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION add_audit_months(integer), drop_audit_months(integer) TO dash_app;--> statement-breakpoint
SELECT add_audit_months(3);
