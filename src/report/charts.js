// Draws the page's charts with Vega-Lite from the data in the element `charts`. Colors come from the
// style sheet; charts are redrawn when the colors or the available width change.
"use strict";
(function () {
  const charts = JSON.parse(document.getElementById("charts").textContent);
  const views = new Map(); // of the figures drawn
  let up = "strength"; // the vertical axis of the points
  let printing = false;
  document.documentElement.classList.add("scripted"); // the descriptions stay until the charts are drawn

  // ---- Colors and what all charts share --------------------------------------------------------

  function theme() {
    const style = getComputedStyle(document.documentElement);
    const color = (name) => style.getPropertyValue("--" + name).trim();
    const dark = matchMedia("(prefers-color-scheme: dark)").matches && !printing;
    return {
      dark,
      text: color("text"), muted: color("muted"), line: color("line"), accent: color("accent"),
      paper: color("paper"), bad: color("bad"),
      // For the color operators, in order; distinguishable with red-green color blindness.
      corrections: dark ? ["#b3aca1", "#ffb000", "#4fb8ff", "#3fc99a", "#e39ac4"]
        : ["#6f6a63", "#e08a00", "#0072b2", "#00805c", "#a8417f"],
      // Red, green and blue.
      channels: dark ? ["#ff8a75", "#3fc99a", "#6db9ff"] : ["#c0392b", "#00805c", "#0072b2"],
      // For what was done to scenes; text is readable on them.
      bands: dark ? ["#2f5a4d", "#5c4a20", "#2c4a66", "#5b3350", "#4a4640", "#5f3a2c"]
        : ["#b9d8cd", "#f0d9a4", "#bcd6ec", "#e6c3da", "#d8d3ca", "#f0c6b6"],
      // From loss through zero to gain.
      diverging: dark ? ["#d9795f", "#2a2826", "#6fc3a9"] : ["#b4513a", "#f3eee4", "#2f7f6c"],
      sequential: dark ? ["#242220", "#7fc4ae"] : ["#f3eee4", "#2f6f60"],
    };
  }

  function config(t) {
    const font = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif";
    return {
      aria: false, // the figure has its own description
      background: "transparent",
      font,
      view: { stroke: null },
      axis: {
        labelColor: t.muted, titleColor: t.muted, domainColor: t.line, tickColor: t.line,
        gridColor: t.line, gridOpacity: 0.6, labelFontSize: 11, titleFontSize: 11,
        titleFontWeight: "normal", labelLimit: 150, titlePadding: 6,
      },
      header: { labelColor: t.text, labelFontSize: 12, labelFontWeight: 600, title: null },
      legend: { labelColor: t.muted, titleColor: t.muted, gradientLength: 120 },
    };
  }

  const base = (t, width, more) => Object.assign({
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    config: config(t),
    width,
    autosize: { type: "fit-x", contains: "padding" },
  }, more);

  // ---- The time of a film ----------------------------------------------------------------------

  const LEFT = 40; // pixels for the labels of a vertical axis

  // 3675 -> "1:01:15", 75 -> "1:15"
  function clock(seconds) {
    const two = (number) => String(number).padStart(2, "0");
    const minutes = Math.floor(seconds / 60) % 60, hours = Math.floor(seconds / 3600);
    return (hours ? `${hours}:${two(minutes)}` : minutes) + ":" + two(seconds % 60);
  }

  // The horizontal axis of a whole film: frames, seconds or, if it is long, minutes.
  function time(chart, width) {
    const axis = { grid: false, tickCount: Math.max(3, Math.floor(width / 90)) };
    const long = chart.clock && chart.end > 120;
    if (long) {
      const least = (chart.end * 75) / width;
      const step = [10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200].find((s) => s >= least)
        || 3600 * Math.ceil(least / 3600);
      axis.values = Array.from({ length: Math.floor(chart.end / step) + 1 }, (_, i) => i * step);
      axis.labelExpr = axis.values.map((at) => `datum.value === ${at} ? '${clock(at)}' : `).join("") + "''";
    }
    const title = !chart.clock ? "frame" : !long ? "seconds" : chart.end < 3600 ? "minutes:seconds" : "hours:minutes:seconds";
    return { type: "quantitative", title, scale: { domain: [0, chart.end], nice: false }, axis };
  }

  // What an axis spans: all values, and at least so much.
  function span(values, ranged, least) {
    let low = Infinity, high = -Infinity;
    for (const value of values) {
      low = Math.min(low, ranged ? value.low : value.median);
      high = Math.max(high, ranged ? value.high : value.median);
    }
    const more = Math.max(0, least - (high - low)) / 2;
    return [low - more, high + more];
  }

  // ---- The kinds of charts ---------------------------------------------------------------------

  const kinds = {
    histogram(chart, t, width) {
      const title = chart.title + (chart.unit ? "," + chart.unit : "");
      const layer = [{
        data: { values: chart.values },
        mark: { type: "bar", color: t.accent, binSpacing: 1 },
        encoding: {
          x: { field: "from", type: "quantitative", bin: { binned: true }, title, axis: { tickCount: 6 } },
          x2: { field: "to" },
          y: { field: "count", type: "quantitative", title: "rows", axis: { tickCount: 4 } },
          tooltip: [
            { field: "from", title: "from" }, { field: "to", title: "to" },
            { field: "count", title: "rows" },
          ],
        },
      }];
      if (chart.median !== undefined) {
        layer.push({
          data: { values: [{ median: chart.median }] },
          mark: { type: "rule", color: t.text, strokeWidth: 1.5, strokeDash: [4, 3] },
          encoding: { x: { field: "median", type: "quantitative" } },
        });
      }
      return base(t, width, { height: 150, layer });
    },

    values(chart, t, width) {
      return base(t, width, {
        height: 150,
        data: { values: chart.values },
        mark: { type: "bar", color: t.accent, width: { band: 0.8 } },
        encoding: {
          x: { field: "value", type: "nominal", sort: null, title: chart.title, axis: { labelAngle: 0, labelOverlap: true } },
          y: { field: "count", type: "quantitative", title: "rows", axis: { tickCount: 4 } },
          tooltip: [{ field: "value", title: chart.title }, { field: "count", title: "rows" }],
        },
      });
    },

    heat(chart, t, width) {
      const wins = chart.field === "wins";
      const cells = charts.cells.map((cell) => Object.assign({}, cell, {
        shown: wins ? (100 * cell.wins) / chart.rows : cell[chart.field],
      }));
      const columns = new Set(cells.map((cell) => cell.strength)).size;
      const side = Math.min(chart.colors.length, Math.max(1, Math.floor(width / (70 + 34 * columns))));
      const cell = Math.max(22, Math.min(60, Math.floor((width - 30) / side - 52) / columns));
      const format = wins ? ".1f" : chart.field === "db" ? "+.1f" : "+.2f";
      const most = Math.max(...cells.map((c) => Math.abs(c.shown)), 1e-9);
      const color = wins
        ? { scale: { range: t.sequential, domainMin: 0 } }
        : { scale: { range: t.diverging, domainMid: 0, domain: [-most, most] } };
      // White or black text, whichever is readable on the cell.
      const strong = wins ? `datum.shown > ${0.55 * most}` : `abs(datum.shown) > ${0.55 * most}`;
      return {
        $schema: "https://vega.github.io/schema/vega-lite/v6.json",
        config: config(t),
        data: { values: cells },
        facet: { field: "color", type: "nominal", sort: chart.colors, header: { title: null } },
        columns: side,
        spacing: { row: 18, column: 22 },
        spec: {
          width: { step: cell },
          height: { step: 26 },
          encoding: {
            x: { field: "strength", type: "ordinal", title: "strength", axis: { labelAngle: 0, domain: false, ticks: false } },
            y: { field: "sigma", type: "ordinal", title: "sigma", sort: "descending", axis: { domain: false, ticks: false } },
          },
          layer: [
            {
              mark: { type: "rect", stroke: t.paper, strokeWidth: 1 },
              encoding: {
                color: Object.assign({ field: "shown", type: "quantitative", legend: null }, color),
                tooltip: [
                  { field: "color" }, { field: "sigma" }, { field: "strength" },
                  { field: "shown", title: chart.title, format: wins ? ".2f" : "+.4f" },
                  { field: "wins", title: "pairs won" },
                ],
              },
            },
            {
              mark: { type: "text", fontSize: cell < 30 ? 8.5 : 10.5, tooltip: null },
              encoding: {
                text: { field: "shown", type: "quantitative", format },
                color: { condition: { test: strong, value: t.dark ? "#11100f" : "#fff" }, value: t.text },
              },
            },
          ],
        },
      };
    },

    points(chart, t, width) {
      const p = charts.points;
      const names = p.colors;
      const upwards = up === "color" ? p.color.map((name) => names.indexOf(name)) : p[up];
      const order = [...new Set(upwards)].sort((a, b) => a - b);
      // Grid values lie on lines: points are moved up and down a little, always by the same amounts.
      const values = [];
      p.features[chart.feature].forEach((x, i) => {
        if (x !== null) {
          const moved = ((i * 0.6180339887) % 1) - 0.5;
          values.push({ x, y: order.indexOf(upwards[i]) + 0.7 * moved, color: p.color[i] });
        }
      });
      const label = (value) => (up === "color" ? names[value] : String(value));
      const labels = order.map((value, i) => `datum.value === ${i} ? '${label(value)}' : `).join("") + "''";
      return base(t, width, {
        height: 130,
        data: { values },
        // Shapes as well, for people who cannot see colors.
        mark: { type: "point", filled: true, size: 16, opacity: 0.7, clip: true },
        encoding: {
          x: { field: "x", type: "quantitative", title: null, scale: { zero: false, nice: false, padding: 4 }, axis: { tickCount: 4, grid: false } },
          y: {
            field: "y", type: "quantitative", title: null,
            scale: { domain: [-0.6, order.length - 0.4], nice: false },
            axis: { values: order.map((_, i) => i), labelExpr: labels, grid: true, ticks: false, domain: false, labelOverlap: true },
          },
          color: { field: "color", type: "nominal", scale: corrections(t), legend: null },
          shape: {
            field: "color", type: "nominal", legend: null,
            scale: { domain: names, range: ["circle", "square", "triangle-up", "diamond", "cross"] },
          },
        },
      });
    },

    // Lines over the time of a film, with their ranges, cuts and damage.
    timeline(chart, t, width) {
      const colors = { before: t.muted, after: t.accent, red: t.channels[0], green: t.channels[1], blue: t.channels[2] };
      const names = chart.lines.map((line) => line.name);
      const values = chart.lines.flatMap((line) => line.x.map((x, i) => (
        { x, median: line.median[i], low: line.low[i], high: line.high[i], line: line.name }
      )));
      const ranged = chart.lines[0].low.length > 0;
      const [low, high] = span(values, ranged, chart.least);
      const x = Object.assign({ field: "x" }, time(chart, width));
      const y = { type: "quantitative", title: chart.title, scale: { domain: [low, high], nice: true, zero: false }, axis: { tickCount: 5, minExtent: LEFT } };
      const color = {
        field: "line", type: "nominal", scale: { domain: names, range: names.map((name) => colors[name]) },
        legend: { orient: "top", title: null, symbolType: "stroke", symbolStrokeWidth: 3, symbolOpacity: 1 },
      };
      const rule = (list, mark) => ({
        data: { values: list.map((at) => ({ at })) }, mark,
        encoding: { x: { field: "at", type: "quantitative" } },
      });
      const layer = [rule(chart.cuts, { type: "rule", color: t.muted, strokeDash: [3, 4], opacity: 0.8 })];
      if (ranged) {
        layer.push({
          data: { values }, mark: { type: "area", opacity: 0.22 },
          encoding: { x, y: Object.assign({ field: "low" }, y), y2: { field: "high" }, color },
        });
      }
      layer.push({
        data: { values }, mark: { type: "line", strokeWidth: 1.4, point: chart.lines[0].x.length === 1 },
        encoding: { x, y: Object.assign({ field: "median" }, y), color },
      });
      const marks = rule(chart.damage, { type: "tick", color: t.bad, thickness: 2, size: 12 });
      marks.encoding.y = { value: 180 };
      return base(t, width, { height: 180, layer: chart.damage.length ? [...layer, marks] : layer });
    },

    // What was done to the scenes of a film: bands, labeled where there is room.
    bands(chart, t, width) {
      const names = [...new Set(chart.bands.map((band) => band.done))];
      const pixel = chart.end / Math.max(1, width - LEFT - 30);
      const fits = (text, band) => (7 * text.length + 10) * pixel < band.to - band.from;
      const values = chart.bands.map((band) => Object.assign({
        row: "", middle: (band.from + band.to) / 2,
        label: [band.done, `scene${/ /.test(band.scenes) ? "s" : ""} ${band.scenes}`, band.scenes].find((text) => fits(text, band)) || "",
      }, band));
      const x = time(chart, width);
      // An axis without labels, so that time lies below the same in the charts above.
      const y = { field: "row", type: "nominal", title: "\u00a0", axis: { labels: false, ticks: false, domain: false, minExtent: LEFT } };
      return base(t, width, {
        height: 34,
        data: { values },
        layer: [{
          mark: { type: "rect", stroke: t.paper, strokeWidth: 1, cornerRadius: 2 },
          encoding: {
            x: Object.assign({ field: "from" }, x), x2: { field: "to" }, y,
            color: {
              field: "done", type: "nominal",
              scale: { domain: names, range: names.map((_, i) => t.bands[i % t.bands.length]) },
              legend: { orient: "top", title: null, columns: width < 600 ? 1 : 3, labelLimit: width - 40 },
            },
            tooltip: [{ field: "scenes", title: "scene" }, { field: "setting" }],
          },
        }, {
          mark: { type: "text", fontSize: 11, color: t.text, tooltip: null },
          encoding: { x: Object.assign({ field: "middle" }, x), y, text: { field: "label" } },
        }],
      });
    },

    importances(chart, t, width) {
      return base(t, Math.min(width, 640), {
        height: 18 * chart.values.length,
        data: { values: chart.values },
        encoding: {
          y: { field: "name", type: "nominal", sort: null, title: null, axis: { ticks: false, domain: false, labelColor: t.text } },
          x: { field: "share", type: "quantitative", title: "share of total importance", axis: { format: ".0%", tickCount: 5 } },
        },
        mark: { type: "bar", color: t.accent, height: { band: 0.7 } },
      });
    },

    ways(chart, t, width) {
      const order = chart.values.map((way) => way.way);
      const y = { field: "way", type: "nominal", sort: order, title: null, axis: { ticks: false, domain: false, labelColor: t.text, labelPadding: 12, grid: true } };
      const color = { condition: { test: "datum.way === 'model'", value: t.accent }, value: t.muted };
      const title = chart.title + (chart.unit ? "," + chart.unit : "");
      return base(t, width, {
        height: 26 * chart.values.length,
        data: { values: chart.values },
        encoding: { y, color },
        layer: [
          {
            mark: { type: "rule", strokeWidth: 3, opacity: 0.55 },
            encoding: {
              x: { field: "low", type: "quantitative", title, scale: { zero: false }, axis: { tickCount: 4, grid: false } },
              x2: { field: "high" },
            },
          },
          {
            mark: { type: "circle", size: 70, opacity: 1 },
            encoding: { x: { field: "value", type: "quantitative" } },
          },
        ],
      });
    },
  };

  function corrections(t) {
    return { domain: charts.points.colors, range: t.corrections };
  }

  // ---- Drawing ---------------------------------------------------------------------------------

  function draw(figure) {
    const chart = charts[figure.id];
    const plot = figure.querySelector(".plot");
    const width = Math.floor(plot.clientWidth);
    if (!chart || !kinds[chart.kind] || figure.closest("details:not([open])")) return;
    const spec = vegaLite.compile(kinds[chart.kind](chart, theme(), width)).spec;
    if (views.has(figure)) views.get(figure).finalize();
    // Hide the description that Vega adds; the plot has its own, which says more.
    const place = document.createElement("div");
    place.setAttribute("aria-hidden", "true");
    plot.replaceChildren(place);
    // Interpret the expressions, because the page's policy does not allow eval.
    const view = new vega.View(vega.parse(spec, null, { ast: true }), {
      expr: vega.expressionInterpreter, renderer: "svg", container: place, hover: false,
      logLevel: vega.Error,
    });
    views.set(figure, view);
    plot.classList.add("drawn");
    view.run(); // synchronous, because there is nothing to load
  }

  // One at a time, so that the page stays responsive.
  let turn = 0;
  async function drawAll(figures) {
    const mine = ++turn;
    for (const figure of figures) {
      if (mine !== turn) return;
      draw(figure);
      await new Promise((done) => setTimeout(done));
    }
    document.documentElement.dataset.drawn = "yes";
  }
  const figures = () => [...document.querySelectorAll("figure[id]")];
  const redraw = () => drawAll(figures());

  function showLegend() {
    const legend = document.getElementById("legend");
    if (!charts.points || !legend) return;
    const scale = corrections(theme());
    const seen = new Set(charts.points.color);
    legend.replaceChildren(...scale.domain.filter((name) => seen.has(name)).map((name) => {
      const entry = document.createElement("span"), dot = document.createElement("i");
      dot.style.background = scale.range[scale.domain.indexOf(name) % scale.range.length];
      entry.append(dot, name);
      return entry;
    }));
  }

  const fieldset = document.querySelector(".switch");
  if (fieldset) {
    fieldset.hidden = false;
    document.getElementById("up").classList.add("paper"); // on screen, the switch shows it
    fieldset.addEventListener("change", (event) => {
      up = event.target.value;
      document.getElementById("up").textContent = `Vertical axis: ${event.target.parentNode.textContent.trim()}.`;
      drawAll(figures().filter((figure) => (charts[figure.id] || {}).kind === "points"));
    });
  }
  for (const details of document.querySelectorAll("details")) {
    details.addEventListener("toggle", () => {
      if (details.open) {
        drawAll(figures().filter((figure) => !views.has(figure)));
      }
    });
  }
  let width = document.documentElement.clientWidth, timer;
  addEventListener("resize", () => {
    if (document.documentElement.clientWidth === width) return; // only a phone's toolbars moved
    width = document.documentElement.clientWidth;
    clearTimeout(timer);
    timer = setTimeout(redraw, 150);
  });
  // Paper is always light: redraw dark charts synchronously, because printing does not wait.
  addEventListener("beforeprint", () => {
    if (!theme().dark) return;
    printing = true;
    document.documentElement.classList.add("print");
    showLegend();
    figures().forEach(draw);
  });
  addEventListener("afterprint", () => {
    if (!printing) return;
    printing = false;
    document.documentElement.classList.remove("print");
    again();
  });
  const again = () => { showLegend(); redraw(); };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  again();
})();
