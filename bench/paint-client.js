// The script of the page that draws in the browser, after that of ECharts: as soon as its data are there.
globalThis.drawnCharts = 0;
const places = document.querySelectorAll(".chart");
const options = JSON.parse(document.getElementById("options").textContent);
for (const [at, option] of options.entries()) {
  const chart = globalThis.echarts.init(places[at]);
  chart.on("finished", () => {
    globalThis.drawnCharts += 1;
    chart.off("finished");
  });
  chart.setOption(option);
}
