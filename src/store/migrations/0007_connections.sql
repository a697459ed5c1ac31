CREATE TABLE "connections" (
	"tenant_id" text NOT NULL,
	"name" text NOT NULL,
	"kind" text,
	"settings" text,
	"secret" text,
	"revision" integer NOT NULL,
	"updated_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp with time zone,
	CONSTRAINT "connections_tenant_id_name_pk" PRIMARY KEY("tenant_id","name"),
	CONSTRAINT "connections_count_from_1" CHECK (revision > 0),
	CONSTRAINT "connections_are_wiped" CHECK (case when deleted_at is null then kind is not null and settings is not null
        else kind is null and settings is null and secret is null end)
);
--> statement-breakpoint
ALTER TABLE "connections" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE INDEX "connections_live" ON "connections" USING btree ("tenant_id",name collate "C") WHERE deleted_at is null;--> statement-breakpoint
CREATE POLICY "connections_of_tenant" ON "connections" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select current_setting('app.tenant_id', true))) WITH CHECK (tenant_id = (select current_setting('app.tenant_id', true)));