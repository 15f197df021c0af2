// Each task alone: drawn when its view is shown, from data that is small beside a drawing.
(() => {
  const { element, named, row, number } = draw;
  const heard = (one) => (one.sound === undefined || one.sound === null ? null : draw.sound(page.data("sounds")[one.sound], one.clip));
  const card = (one) => {
    const made = element("div", { class: "card", "data-of": one.task }, element("h3", {}, named(one.task)));
    if (one.confusion) made.append(draw.confusion("Which labels are taken for which", one.labels, one.confusion));
    if (one.worst.length) made.append(element("h4", {}, "Hardest clips"), draw.table(`Hardest clips of ${one.task}`, [["clip", ""], ["label", ""], ["right", "n"]],
      one.worst.map((clip) => row(element("span", {}, named(clip.clip), heard(clip)), element("td", {}, named(clip.label)), number(clip.right)))));
    return made;
  };
  const fill = (view) => {
    for (const place of view.querySelectorAll(".each:empty")) place.append(...page.data(`each-${place.dataset.each}`).map(card));
    page.filter(view);
  };
  for (const view of document.querySelectorAll("#tasks .view")) fill(view);
  page.shown.push(fill);
})();
