-- The role that the service's statements run as. A cluster's roles are shared by its databases, and a
-- database administrator may have made it already, where the owner of this database may not.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dash_app') THEN
    CREATE ROLE dash_app NOLOGIN;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL; -- Another database of the cluster made it at the same moment.
END $$;
--> statement-breakpoint
-- So that in development one login serves both, by switching role.
DO $$
BEGIN
  EXECUTE format('GRANT dash_app TO %I', current_user);
EXCEPTION WHEN insufficient_privilege OR invalid_grant_operation THEN
  NULL; -- Whoever made the role grants it.
END $$;
