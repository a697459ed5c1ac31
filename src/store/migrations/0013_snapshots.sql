CREATE TABLE "share_snapshots" (
	"tenant_id" text NOT NULL,
	"share_id" text NOT NULL,
	"content" "bytea" NOT NULL,
	CONSTRAINT "share_snapshots_tenant_id_share_id_pk" PRIMARY KEY("tenant_id","share_id")
);
--> statement-breakpoint
ALTER TABLE "share_snapshots" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "shares" ADD COLUMN "snapshot" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "share_snapshots" ADD CONSTRAINT "share_snapshots_of_share" FOREIGN KEY ("tenant_id","share_id") REFERENCES "public"."shares"("tenant_id","share_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE POLICY "share_snapshots_of_tenant" ON "share_snapshots" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select current_setting('app.tenant_id', true))) WITH CHECK (tenant_id = (select current_setting('app.tenant_id', true)));