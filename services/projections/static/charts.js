/* Draws each picture of a report from the data beside it. Without this file the SVG stays, and the table always. */
(() => {
  const ink = "#16202a";
  const quiet = "#4a5866";
  const colours = ["#0b4f6c", "#d17b00", "#3d7a3f", "#9b1c1c", "#6b4c9a", "#4a5866", "#0b6e8f", "#744a00"];
  const symbols = ["circle", "rect", "triangle", "diamond", "roundRect", "pin", "arrow", "emptyCircle"];
  const dashes = ["solid", [8, 4], [2, 3], [10, 3, 2, 3], [5, 5], [1, 5], [14, 4], [4, 2]];
  const text = { color: ink, fontSize: 13, fontFamily: "inherit" };

  const number = (value, chart, locale) =>
    value === null || value === undefined ? "–" : value.toLocaleString(locale) + (chart.unit ? " " + chart.unit : "");

  // A page says how wide it is; labels that do not fit are broken, never cut off in silence.
  const bars = (chart, narrow) => ({
    grid: { left: 8, right: 24, top: 8, bottom: 8, containLabel: true },
    xAxis: { type: "value", minInterval: 1, axisLabel: { color: quiet } },
    yAxis: {
      type: "category", inverse: true, data: chart.labels, triggerEvent: true,
      axisLabel: { color: ink, width: narrow ? 110 : 230, overflow: "break" },
    },
    series: chart.series.map((one) => ({
      name: one.name, type: "bar", data: one.values, stack: chart.shape === "stacked" ? "all" : undefined,
      barMaxWidth: 26, itemStyle: { borderColor: "#fff", borderWidth: 1 },
      label: { show: !narrow && chart.shape !== "stacked" && chart.series.length < 4, position: "right", color: ink },
    })),
  });

  const curves = (chart) => ({
    grid: { left: 8, right: 24, top: 8, bottom: 8, containLabel: true },
    xAxis: { type: "category", data: chart.labels, boundaryGap: false, axisLabel: { color: quiet } },
    yAxis: { type: "value", axisLabel: { color: quiet, formatter: chart.unit ? "{value} " + chart.unit : undefined } },
    series: chart.series.map((one, at) => ({
      name: one.name, type: "line", data: one.values, symbol: symbols[at % 8], symbolSize: 8,
      lineStyle: { width: 2.5, type: dashes[at % 8] },
    })),
  });

  const streams = (chart, locale) => {
    const of_side = (side) => [...new Set(chart.streams.map((one) => one[side]))];
    const names = [...of_side("source"), ...of_side("target")];
    const of = (name, side) => chart.streams.filter((one) => one[side] === name).reduce((n, one) => n + one.value, 0);
    return {
      series: [{
        type: "sankey", left: 4, top: 8, bottom: 8, right: 260, nodeWidth: 16, nodeGap: 14,
        layoutIterations: 0, draggable: false, emphasis: { focus: "adjacency" }, animation: false,
        data: names.map((name, at) => ({ name, itemStyle: { color: colours[at % 8] } })),
        links: chart.streams, lineStyle: { color: "source", opacity: 0.35, curveness: 0.5 },
        label: {
          ...text, width: 250, overflow: "break",
          formatter: (node) => node.name + ": " + Math.max(of(node.name, "source"), of(node.name, "target")).toLocaleString(locale),
        },
      }],
    };
  };

  const lines = (chart) => chart.shape === "curves" || chart.shape === "weeks";

  const height = (chart, narrow) => {
    if (chart.shape === "streams") return 360;
    if (lines(chart)) return 340;
    const each = chart.shape === "stacked" ? 34 : 14 + 20 * chart.series.length;
    return 60 + Math.max(1, chart.labels.length) * each;
  };

  const draw = (figure) => {
    const chart = JSON.parse(figure.dataset.chart);
    const narrow = figure.clientWidth < 560;
    // Streams and their names do not fit a phone; the bars that stand there do.
    if (chart.shape === "streams" && narrow) return;
    const locale = document.documentElement.lang + "-BE";
    const place = document.createElement("div");
    const legend = chart.series.length > 1 ? 30 * Math.ceil(chart.series.length / (narrow ? 1 : 4)) : 0;
    place.style.height = height(chart, narrow) + legend + "px";
    figure.append(place);
    const shapes = { bars, stacked: bars, curves, weeks: curves };
    const option = chart.shape === "streams" ? streams(chart, locale) : shapes[chart.shape](chart, narrow);
    if (option.grid) option.grid.bottom += legend;
    const drawn = echarts.init(place, null, { renderer: "canvas" });
    drawn.setOption({
      ...option,
      color: colours,
      animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      animationDuration: 300,
      textStyle: text,
      aria: { enabled: true, label: { description: figure.dataset.told }, decal: { show: chart.shape === "bars" || chart.shape === "stacked" } },
      legend: legend ? { bottom: 0, type: "plain", orient: narrow ? "vertical" : "horizontal", textStyle: text, itemWidth: 34 } : undefined,
      // HTML would need a style of its own inside the page, which the policy forbids.
      tooltip: {
        renderMode: "richText", trigger: chart.shape === "streams" ? "item" : "axis", confine: true,
        axisPointer: { type: lines(chart) ? "line" : "shadow" },
        valueFormatter: (value) => number(value, chart, locale),
      },
    });
    drawn.on("click", (event) => {
      const named = chart.shape === "streams" ? event.data.source ?? event.name : event.name || event.value;
      const at = chart.labels.indexOf(named);
      if (chart.links[at]) location.assign(chart.links[at]);
    });
    figure.classList.add("drawn");
    new ResizeObserver(() => drawn.resize()).observe(place);
  };

  document.querySelectorAll("figure[data-chart]").forEach(draw);
})();
