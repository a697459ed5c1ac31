// The script of the page that draws in the browser, after that of ECharts: as soon as its data are there.
const places = document.querySelectorAll(".chart");
const options = JSON.parse(document.getElementById("options").textContent);
let drawn = 0;
for (const [at, option] of options.entries()) {
  const chart = globalThis.echarts.init(places[at]);
  chart.on("finished", () => {
    chart.off("finished");
    drawn += 1;
    if (drawn === options.length) globalThis.drawnMs = performance.now();
  });
  chart.setOption(option);
}
