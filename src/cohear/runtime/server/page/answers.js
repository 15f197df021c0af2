// What answers say: labels with probabilities, at once or in time, or numbers in a unit.

// Of a task as the server tells it: what it can answer.
export function scope({ labels, names, unit, step }) {
  if (step) return `${labels.length} labels in time`;
  if (labels) return `${labels.length} labels`;
  return (names.length > 1 ? `${names.length} numbers` : "a number") + (unit ? ` in ${unit}` : "");
}

// An answer in a few words; empty where no label is given.
export function given(answer, between = " + ") {
  if (answer.spans) return [...new Set(answer.spans.map((span) => span.label))].join(between);
  if (answer.labels) return answer.labels.join(between);
  const numbers = Object.entries(answer.numbers);
  return numbers.map(([name]) => (numbers.length > 1 ? `${name} ` : "") + inUnit(name, answer)).join(", ");
}

// Rows of `[name, text, part of a bar]`, the likeliest label first; numbers fill a bar where their scale has ends.
export function rowsOf(answer, task) {
  if (answer.probabilities)
    return Object.entries(answer.probabilities)
      .map(([name, each]) => [name, answer.spans ? Math.max(...each) : each])
      .sort((a, b) => b[1] - a[1])
      .map(([name, probability]) => [name, probability.toFixed(2), probability]);
  return Object.entries(answer.numbers).map(([name, value]) => [name, inUnit(name, answer), share(value, task)]);
}

// A number with how far from it nine truths in ten are, where that is known.
function inUnit(name, { numbers, unit, spread }) {
  const within = name in spread ? ` ± ${Number(spread[name].toPrecision(2))}` : "";
  return `${Number(numbers[name].toPrecision(4))}${within} ${unit}`.trim();
}

function share(value, { low, high }) {
  return low === null || high === null ? 0 : Math.min(1, Math.max(0, (value - low) / (high - low)));
}
