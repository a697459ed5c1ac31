-- What docs/runbook.md has an administrator do at the first start, with passwords from files. The image of PostgreSQL
-- runs it once, when there is no data yet.
\set owner `cat /run/secrets/database/owner`
\set service `cat /run/secrets/database/service`
create role dash_app nologin;
create role dash_purge nologin;
create role dashboards_owner login password :'owner';
create role dashboards_service login password :'service';
grant dash_app to dashboards_service;
grant dash_purge to dashboards_owner;
create database dashboards owner dashboards_owner;
