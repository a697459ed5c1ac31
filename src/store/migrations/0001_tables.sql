CREATE TABLE "definitions" (
	"tenant_id" text NOT NULL,
	"dashboard_id" text NOT NULL,
	"current_version" integer NOT NULL,
	"digest" text NOT NULL,
	"title" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "definitions_tenant_id_dashboard_id_pk" PRIMARY KEY("tenant_id","dashboard_id")
);
--> statement-breakpoint
ALTER TABLE "definitions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"tenant_id" text NOT NULL,
	"method" text NOT NULL,
	"key" text NOT NULL,
	"fingerprint" text NOT NULL,
	"answer" "bytea" NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "idempotency_keys_tenant_id_method_key_pk" PRIMARY KEY("tenant_id","method","key")
);
--> statement-breakpoint
ALTER TABLE "idempotency_keys" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "shares" (
	"tenant_id" text NOT NULL,
	"share_id" text NOT NULL,
	"dashboard_id" text NOT NULL,
	"version" integer,
	"filters" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone,
	"opens" bigint DEFAULT 0 NOT NULL,
	"last_opened_at" timestamp with time zone,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "shares_tenant_id_share_id_pk" PRIMARY KEY("tenant_id","share_id")
);
--> statement-breakpoint
ALTER TABLE "shares" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "tenants" (
	"tenant_id" text PRIMARY KEY NOT NULL,
	"limits" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"suspended_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "tenants" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "versions" (
	"tenant_id" text NOT NULL,
	"dashboard_id" text NOT NULL,
	"version" integer NOT NULL,
	"content" text NOT NULL,
	"digest" text NOT NULL,
	"author" text NOT NULL,
	"note" text,
	"create_time" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "versions_tenant_id_dashboard_id_version_pk" PRIMARY KEY("tenant_id","dashboard_id","version"),
	CONSTRAINT "versions_count_from_1" CHECK (version > 0)
);
--> statement-breakpoint
ALTER TABLE "versions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "shares" ADD CONSTRAINT "shares_of_definition" FOREIGN KEY ("tenant_id","dashboard_id") REFERENCES "public"."definitions"("tenant_id","dashboard_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "shares" ADD CONSTRAINT "shares_of_version" FOREIGN KEY ("tenant_id","dashboard_id","version") REFERENCES "public"."versions"("tenant_id","dashboard_id","version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "versions" ADD CONSTRAINT "versions_of_definition" FOREIGN KEY ("tenant_id","dashboard_id") REFERENCES "public"."definitions"("tenant_id","dashboard_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "idempotency_keys_expires_at" ON "idempotency_keys" USING btree ("expires_at");--> statement-breakpoint
CREATE POLICY "definitions_of_tenant" ON "definitions" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select current_setting('app.tenant_id', true))) WITH CHECK (tenant_id = (select current_setting('app.tenant_id', true)));--> statement-breakpoint
CREATE POLICY "idempotency_keys_of_tenant" ON "idempotency_keys" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select current_setting('app.tenant_id', true))) WITH CHECK (tenant_id = (select current_setting('app.tenant_id', true)));--> statement-breakpoint
CREATE POLICY "shares_of_tenant" ON "shares" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select current_setting('app.tenant_id', true))) WITH CHECK (tenant_id = (select current_setting('app.tenant_id', true)));--> statement-breakpoint
CREATE POLICY "tenants_of_tenant" ON "tenants" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select current_setting('app.tenant_id', true))) WITH CHECK (tenant_id = (select current_setting('app.tenant_id', true)));--> statement-breakpoint
CREATE POLICY "versions_of_tenant" ON "versions" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select current_setting('app.tenant_id', true))) WITH CHECK (tenant_id = (select current_setting('app.tenant_id', true)));