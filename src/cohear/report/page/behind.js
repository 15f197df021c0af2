(() => {
  const dialog = document.getElementById("behind");
  const { element, named, row, number } = draw;

  const repeats = (told) => {
    const rows = told.rows.map((one) => {
      const difference = element("td", { class: "diff" }, draw.bar(told.zero, one.place, one.place >= told.zero));
      return row(element("span", { class: "whole-name" }, `fold ${one.fold}, seed ${one.seed}`), number(one.alone), number(one.together), number(one.difference), difference);
    });
    const heads = [["repeat", ""], ["alone", "n"], ["together", "n"], ["difference", "n"], ["", "diff"]];
    const box = draw.table("Paired differences", heads.slice(0, 4), rows);
    box.querySelector("thead tr").append(element("td", { class: "diff" }));
    return box;
  };

  const heard = (one) => (one.sound === undefined || one.sound === null ? null : draw.sound(page.data("sounds")[one.sound], one.clip));

  const clips = (told) => draw.table("Clips that changed most", [["clip", ""], ["label", ""], ["right alone", "n"], ["right together", "n"]],
    told.map((one) => {
      return row(element("span", {}, named(one.clip), heard(one)), element("td", {}, named(one.label)), number(one.alone), number(one.together));
    }));

  const counted = (what, unit) => (unit ? `${what} in ${unit}` : what);

  const pictures = (told) => told.map((one) => {
    const name = told.length > 1 ? `${one.name}: ` : "", truth = counted("the truth", one.unit);
    return element("div", { class: "halves" },
      draw.dots(`${name}${counted("answers", one.unit)}`, one.answers, truth, one.clips),
      draw.dots(`${name}${counted("answers less truth", one.unit)}`, one.residuals, truth, one.clips));
  });

  const far = (told) => draw.table("Clips that changed most", [["clip", ""], ["truth", ""], ["alone", "n"], ["together", "n"], ["change", "n"]],
    told.rows.map((one) => row(element("span", {}, named(one.clip), heard(one)), element("td", {}, named(one.label)), number(one.alone), number(one.together), number(one.change))));

  const part = (title, ...content) => element("section", {}, element("h3", {}, title), ...content);

  const parts = (told) => {
    const made = [];
    made.push(told.repeats.rows.length ? part("Paired differences, repeat by repeat", repeats(told.repeats)) : part("No paired repeats"));
    if (told.curves.length) made.push(part("Learning curves", element("div", { class: "halves" }, ...told.curves.map(draw.chart))));
    if (told.confusion) {
      const { labels, alone, together } = told.confusion;
      made.push(part("Which labels are taken for which",
        element("p", { class: "fine" }, "A row is a label, its cells are what its test clips were taken for, in percent, over all repeats."),
        element("div", { class: "halves" }, draw.confusion("alone", labels, alone), draw.confusion("together", labels, together))));
    }
    if (told.classes) made.push(part("Change of each label", draw.changes(`Change of each label: ${told.classes.score}`, told.classes.score, told.classes.rows)));
    if (told.groups) made.push(part("Change of each group", element("p", { class: "fine" }, "Share of their test clips answered rightly, the largest loss first; of many groups the first and last five."), draw.changes("Change of each group", "group", told.groups)));
    if (told.pictures?.length) made.push(part("Answers and the truth",
      element("p", { class: "fine" }, "A dot is a test clip, its answer the mean over the repeats that ask it. On the line answers are right."), ...pictures(told.pictures)));
    if (told.distances) made.push(part("Change of each group", element("p", { class: "fine" }, `${counted("How far answers are from the truth", told.distances.unit)}: the largest loss first; of many groups the first and last five.`), draw.changes("Change of each group", "group", told.distances.rows)));
    if (told.far) made.push(part("Clips that changed most", element("p", { class: "fine" }, `${counted("How far answers are from the truth", told.far.unit)}.`), far(told.far)));
    if (told.rolls) made.push(part("What sounds when", element("p", { class: "fine" }, "Test clips that changed most: a bar lasts as long as its label sounds, in truth and in the answers alone and together, each the mean over the repeats that ask it."),
      ...told.rolls.map((one) => element("div", { class: "roll" }, element("p", {}, named(one.clip), heard(one)), draw.roll(one, one.clip)))));
    if (told.clips) made.push(part("Clips that changed most", clips(told.clips)));
    return made;
  };

  const settings = ["features", "encoder", "arm"];
  const homes = page.forms(document.querySelector("#answer .slot"));
  const open = (button) => {
    const view = button.closest(".view").dataset;
    const cell = page.cellOf(button);
    // what is behind a cell is the same in every metric: it is filed with the settings, beside the answer
    const home = homes.find((one) => settings.every((name) => one[name] === view[name]));
    const told = page.data(`behind-${home.number}`).find((one) => one.task === cell.task && one.combination === cell.combination);
    const title = document.getElementById("behind-title");
    title.replaceChildren(named(cell.task), " beside ", named(cell.partners));
    const words = element("p", {}, `${cell.sign} ${cell.verdict}${cell.here && " for new clips"}${cell.when && `, ${cell.when}`}${cell.here && `, ${cell.here} on these clips`}: ${cell.gain}, ${cell.interval === "–" ? "" : `95 % interval ${cell.interval}, `}${cell.repeats} ${cell.repeats === 1 ? "repeat" : "repeats"}; `
      + `${cell.alone} alone, ${cell.together} together${cell.p === "–" ? "" : `; p, adjusted: ${cell.p}`}.${cell.explanation ? ` Explanation: ${cell.explanation}.` : ""}${cell.mind && ` ${cell.mind}.`}`);
    const where = element("p", { class: "fine" }, ...settings.flatMap((name, i) => [i ? " · " : "", named(view[name])]));
    dialog.querySelector(".body").replaceChildren(words, where, ...(told ? parts(told) : []));
    page.silence();
    page.tell("cell", `${cell.task}/${cell.combination}`);
    dialog.showModal();
    dialog.scrollTop = 0;
    title.focus();
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".matrix td.cell button");
    if (button) open(button);
    if (event.target === dialog || event.target.closest("#behind .close")) dialog.close();
  });
  dialog.addEventListener("close", () => page.tell("cell", ""));
  const wanted = page.asked.get("cell");
  const linked = [...document.querySelectorAll(wanted ? "#matrix .matrix td.cell button" : "none")].find((button) => {
    const cell = page.cellOf(button);
    return `${cell.task}/${cell.combination}` === wanted;
  });
  if (linked) open(linked);
})();
