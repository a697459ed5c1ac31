/**
 * SQL, for a superuser in the database that it is for, that takes from PUBLIC what reaches beyond the rows that a
 * role was granted: other sessions and their queries, settings, locks, large objects, waiting on purpose, temporary
 * tables, and functions that run the text that they are given. Running it again changes nothing.
 */
export const lockDownSql = `
  do $$
  declare
    each regprocedure;
  begin
    for each in
      select oid from pg_proc
      where pronamespace = 'pg_catalog'::regnamespace and proname ~ '(?x)^(
        set_config | nextval | setval | currval | lastval | ts_stat | ts_rewrite |
        lo_.* | loread | lowrite |
        pg_(try_)?advisory_.* | pg_notify | pg_sleep.* |
        pg_terminate_backend | pg_cancel_backend | pg_stat_get_activity | pg_stat_get_backend_.* |
        pg_show_all_settings | pg_export_snapshot | pg_logical_emit_message |
        (query|table|cursor|schema|database)_to_xml.*
      )$'
    loop
      execute format('revoke all on function %s from public', each);
    end loop;
    execute format('revoke all on database %I from public', current_database());
  end $$;
  revoke all on pg_catalog.pg_stat_activity, pg_catalog.pg_settings from public;
  revoke all on schema public from public;
  revoke usage on language plpgsql from public`;
