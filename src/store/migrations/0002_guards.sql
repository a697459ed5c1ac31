-- Row security holds for the tables' owner too.
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE definitions FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE versions FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE shares FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE idempotency_keys FORCE ROW LEVEL SECURITY;--> statement-breakpoint

-- What the service may do, and no more: a version can only be added.
GRANT USAGE ON SCHEMA public TO dash_app;--> statement-breakpoint
GRANT SELECT ON tenants TO dash_app;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON definitions TO dash_app;--> statement-breakpoint
GRANT SELECT, INSERT ON versions TO dash_app;--> statement-breakpoint
GRANT SELECT, INSERT ON shares TO dash_app;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON idempotency_keys TO dash_app;--> statement-breakpoint

-- A version is for ever, whoever asks: this refuses the owner and superusers too.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'versions are immutable' USING ERRCODE = 'restrict_violation';
END $$;
--> statement-breakpoint
CREATE TRIGGER versions_are_immutable BEFORE UPDATE OR DELETE ON versions
  FOR EACH ROW EXECUTE FUNCTION refuse_change();--> statement-breakpoint
CREATE TRIGGER versions_stay BEFORE TRUNCATE ON versions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();--> statement-breakpoint

-- The owner may see and delete the expired keys of every tenant, and nothing else of any.
CREATE POLICY idempotency_keys_expired_seen ON idempotency_keys
  FOR SELECT TO CURRENT_USER USING (expires_at < now());--> statement-breakpoint
CREATE POLICY idempotency_keys_expired_swept ON idempotency_keys
  FOR DELETE TO CURRENT_USER USING (expires_at < now());
