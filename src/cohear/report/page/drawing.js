// Small pieces that the dialog behind a cell is made of. All text is set as text.
const draw = (() => {
  const SVG = "http://www.w3.org/2000/svg";
  const fill = (node, attributes, children) => {
    for (const [name, value] of Object.entries(attributes || {})) node.setAttribute(name, value);
    node.append(...children.filter((child) => child !== null && child !== undefined));
    return node;
  };
  const element = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
  const shape = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);
  const named = (text) => element("bdi", {}, text);

  const table = (label, heads, rows) => element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label },
    element("table", { class: "plain" },
      element("thead", {}, element("tr", {}, ...heads.map(([text, kind]) => element("th", { scope: "col", class: kind }, text)))),
      element("tbody", {}, ...rows)));
  const row = (head, ...cells) => element("tr", {}, element("th", { scope: "row" }, head), ...cells);
  const number = (text) => element("td", { class: "n" }, text);

  const bar = (zero, place, good) => {
    const left = Math.min(zero, place);
    return shape("svg", { height: "14", "aria-hidden": "true", class: good ? "up" : "down" },
      shape("rect", { x: `${left}%`, width: `${Math.abs(place - zero)}%`, y: "2", height: "10", rx: "2" }),
      shape("line", { x1: `${zero}%`, x2: `${zero}%`, y1: "0", y2: "14" }));
  };

  const heights = (ticks) => element("div", { class: "ys", "aria-hidden": "true" }, ...ticks.map(([place, text]) => {
    const label = element("span", {}, text);
    label.style.bottom = `${place}%`;
    return label;
  }));

  // dots in a field whose places are percent of its sides, with the line on which all would be right
  const dots = (title, told, across, clips) => {
    const field = shape("svg", { viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" });
    for (const [place] of told.yticks) field.append(shape("line", { class: "grid", x1: 0, x2: 100, y1: 100 - place, y2: 100 - place }));
    const [[x1, y1], [x2, y2]] = told.line;
    field.append(shape("line", { class: "right", x1, x2, y1: 100 - y1, y2: 100 - y2 }));
    for (const side of ["alone", "together"])
      told[side].forEach((y, i) => field.append(shape("line", { class: `dot ${side}`, x1: told.x[i], x2: told.x[i], y1: 100 - y, y2: 100 - y })));
    const below = told.xticks.map(([place, text]) => {
      const label = element("span", {}, text);
      label.style.left = `${place}%`;
      return label;
    });
    return element("figure", { class: "curve", role: "img", "aria-label": `${title}, ${clips} clips, alone and together` },
      element("figcaption", {}, title),
      element("div", { class: "field" }, heights(told.yticks), field),
      element("div", { class: "xs placed", "aria-hidden": "true" }, ...below),
      element("p", { class: "fine" }, element("span", { class: "key alone" }), " alone ", element("span", { class: "key together" }), ` together, over ${across}`));
  };

  // a chart whose places are percent of its width and height, from the left and from the bottom
  const chart = (told) => {
    const up = (place) => 100 - place;
    const line = (values) => told.x.map((x, i) => `${x},${up(values[i])}`).join(" ");
    const field = shape("svg", { viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" });
    for (const [place] of told.yticks) field.append(shape("line", { class: "grid", x1: 0, x2: 100, y1: up(place), y2: up(place) }));
    for (const side of ["alone", "together"]) {
      const own = told[side];
      const back = told.x.map((x, i) => `${x},${up(own.low[i])}`).reverse().join(" ");
      field.append(shape("polygon", { class: `band ${side}`, points: `${line(own.high)} ${back}` }));
    }
    for (const side of ["alone", "together"]) field.append(shape("polyline", { class: `mean ${side}`, points: line(told[side].mean) }));
    const words = ["alone", "together"].map((side) => `${side}: ${told[side].repeats} repeats`).join(", ");
    return element("figure", { class: "curve", role: "img", "aria-label": `${told.title}, ${words}` },
      element("figcaption", {}, told.title),
      element("div", { class: "field" }, heights(told.yticks), field),
      element("div", { class: "xs", "aria-hidden": "true" }, ...told.xticks.map(([, text]) => element("span", {}, text))),
      element("p", { class: "fine" }, element("span", { class: "key alone" }), ` alone (${told.alone.repeats} repeats) `,
        element("span", { class: "key together" }), ` together (${told.together.repeats} repeats), over training steps; band: one standard deviation`));
  };

  const confusion = (title, labels, counts) => {
    const rows = counts.map((own, i) => {
      const total = own.reduce((sum, n) => sum + n, 0);
      const cells = own.map((n, j) => {
        const share = total ? Math.round((100 * n) / total) : 0;
        const cell = element("td", { class: i === j ? "hit" : "miss" }, n ? String(share) : "·");
        cell.style.setProperty("--share", `${0.6 * share}%`);
        return cell;
      });
      return row(named(labels[i]), ...cells, number(String(total)));
    });
    const box = table(title, [["label", ""], ...labels.map((label) => [element("bdi", { title: label }, label), ""]), ["clips", "n"]], rows);
    box.firstChild.classList.add("confusion");
    return element("div", { class: "half" }, element("h4", {}, title), box);
  };

  const changes = (title, what, rows) => table(title, [[what, ""], ["alone", "n"], ["together", "n"], ["change", "n"]],
    rows.map((one) => row(named(one.name), number(one.alone), number(one.together), number(one.change))));

  const sound = (told, name) => element("span", { class: "sound" },
    element("img", { src: told.picture, alt: `spectrogram of ${name}`, width: "160", height: "64" }),
    element("audio", { controls: "", preload: "none", src: told.player, "aria-label": name }));

  // labels in time, a row each: bars whose places are percent of the time, of the truth and of either side
  const roll = (told, clip) => {
    const lane = (one, side) => shape("svg", { height: "7", class: side, "aria-hidden": "true" },
      ...one[side].map(([left, width]) => shape("rect", { x: `${left}%`, width: `${width}%`, y: "1", height: "5" })));
    const share = (bars) => `${Math.round(bars.reduce((sum, [, width]) => sum + width, 0))} %`;
    const rows = told.labels.map((one) => row(named(one.name),
      element("td", { class: "lanes", role: "img", "aria-label": `${one.name}: sounds ${share(one.truth)} of the time in truth, ${share(one.alone)} alone, ${share(one.together)} together` },
        lane(one, "truth"), lane(one, "alone"), lane(one, "together"))));
    return element("div", {}, table(`What sounds when in ${clip}`, [["label", ""], [`0 to ${told.seconds} s`, ""]], rows),
      element("p", { class: "fine" }, element("span", { class: "key truth" }), " truth ", element("span", { class: "key alone" }), " alone ", element("span", { class: "key together" }), " together"));
  };

  return { element, named, table, row, number, bar, chart, dots, confusion, changes, roll, sound };
})();
