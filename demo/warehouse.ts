/**
 * The table of the demo's warehouse: every day's flights from every airport, 40,000 rows that are counted from the
 * 3 million flights of a file.
 */
export const flightsByDay = {
  table: "flights_by_day",
  /** Its columns, as PostgreSQL has them; the query's are the same, in the same order. */
  shape: `
    day date not null,
    airport text not null,
    state text not null,
    flights int not null,
    on_time int not null,
    late_60 int not null,
    late_180 int not null,
    delay_min int not null,
    primary key (day, airport)`,
  /** Changes with whatever changes the rows. */
  edition: "flights-3m by day and airport, 1",
  files: ["flights-3m.parquet", "airports.csv"],
  /** In DuckDB's dialect, over the files. On time is less than 15 minutes late; `delay_min` is all delays together. */
  query: `
    with counted as (
      select
        date::date as day,
        origin as airport,
        count(*) as flights,
        count(*) filter (where delay < 15) as on_time,
        count(*) filter (where delay >= 60) as late_60,
        count(*) filter (where delay >= 180) as late_180,
        sum(delay)::bigint as delay_min
      from flights_3m
      group by all
    )
    select day, airport, a.state, flights, on_time, late_60, late_180, delay_min
    from counted
    join airports a on a.iata = airport
    order by day, airport`,
  /** More than there are. */
  maxRows: 100_000,
} as const;
