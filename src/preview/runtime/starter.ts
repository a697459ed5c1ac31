/** What a new dashboard begins with: all that one needs, with data of its own. */
export const starter = `dashboard_id: my_dashboard

layout:
  title: My dashboard
  description: Change anything on this side, and see it on the other.
  panels:
    - title: Orders
      grid: { w: 8, h: 4 }
      datasource: orders
      stat: { value: orders, reduce: sum }
    - title: Orders a day
      grid: { w: 16, h: 8 }
      datasource: orders
      line: { x: day, y: [orders], series: region }

datasources:
  - id: orders
    # Rows of its own. Others come from files, databases and web services.
    inline:
      columns:
        - { name: day, type: time }
        - { name: region }
        - { name: orders }
      rows:
        - [2026-01-01, North, 10]
        - [2026-01-01, South, 20]
        - [2026-01-02, North, 12]
        - [2026-01-02, South, 19]
        - [2026-01-03, North, 15]
        - [2026-01-03, South, 17]
`;
