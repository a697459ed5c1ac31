// A script of a page that has ECharts: draws charts as elements, and returns their HTML.
globalThis.drawCharts = (json) => {
  const charts = JSON.parse(json).map((option) => {
    const place = document.body.appendChild(document.createElement("div"));
    const chart = echarts.init(place, null, { renderer: "svg", width: 600, height: 300 });
    chart.setOption(option);
    // Else it waits for the next frame.
    chart.getZr().flush();
    return chart;
  });
  const html = document.body.innerHTML;
  for (const chart of charts) chart.dispose();
  document.body.replaceChildren();
  return html;
};
