-- Both at once and in the order in which the service takes them, so that a replica at work is not waited for in a circle.
LOCK TABLE "shares", "definitions" IN ACCESS EXCLUSIVE MODE;--> statement-breakpoint
CREATE TABLE "drafts" (
	"tenant_id" text NOT NULL,
	"dashboard_id" text NOT NULL,
	"content" text NOT NULL,
	"digest" text NOT NULL,
	"title" text NOT NULL,
	"author" text NOT NULL,
	"note" text NOT NULL,
	"revision" integer NOT NULL,
	"base_version" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "drafts_tenant_id_dashboard_id_pk" PRIMARY KEY("tenant_id","dashboard_id"),
	CONSTRAINT "drafts_count_from_1" CHECK (revision > 0)
);
--> statement-breakpoint
ALTER TABLE "drafts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "definitions" ADD COLUMN "archived_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "definitions" ADD COLUMN "draft_revision" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "shares" ADD COLUMN "viewer_filters" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "shares" ADD COLUMN "frame_ancestors" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "drafts" ADD CONSTRAINT "drafts_of_definition" FOREIGN KEY ("tenant_id","dashboard_id") REFERENCES "public"."definitions"("tenant_id","dashboard_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "definitions_live" ON "definitions" USING btree ("tenant_id",dashboard_id collate "C") WHERE archived_at is null;--> statement-breakpoint
CREATE INDEX "definitions_archived" ON "definitions" USING btree ("tenant_id",dashboard_id collate "C") WHERE archived_at is not null;--> statement-breakpoint
CREATE INDEX "shares_listed" ON "shares" USING btree ("tenant_id","created_at" DESC NULLS FIRST,"share_id" DESC NULLS FIRST,"expires_at") WHERE revoked_at is null;--> statement-breakpoint
CREATE INDEX "shares_listed_of_definition" ON "shares" USING btree ("tenant_id","dashboard_id","created_at" DESC NULLS FIRST,"share_id" DESC NULLS FIRST,"expires_at") WHERE revoked_at is null;--> statement-breakpoint
CREATE POLICY "drafts_of_tenant" ON "drafts" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select current_setting('app.tenant_id', true))) WITH CHECK (tenant_id = (select current_setting('app.tenant_id', true)));