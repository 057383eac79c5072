/**
 * Two people's changes of one part put together: whatever one of them left alone is as the other
 * has it. Entries of a list are known by their name, not by their place.
 */

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const isRows = (value) => Array.isArray(value) && value.every((one) => one && typeof one === "object");

/** `{value, both}`: the sum, with mine where both changed the same, and the paths where they did. */
export function merge(initial, mine, theirs) {
  const both = [];
  const value = Array.isArray(mine)
    ? mergeRows(initial, mine, theirs ?? [], [], both)
    : mergeTable(initial, mine, theirs, [], both);
  return { value, both };
}

function mergeTable(initial, mine, theirs, path, both) {
  const merged = {};
  for (const name of Object.keys(mine)) {
    const [was, here, there] = [initial[name], mine[name], theirs[name]];
    if (isRows(here) && isRows(was) && isRows(there) && (here.length || there.length)) {
      merged[name] = mergeRows(was, here, there, [...path, name], both);
      continue;
    }
    merged[name] = same(here, was) ? there : here;
    if (!same(here, was) && !same(there, was) && !same(there, here)) both.push([...path, name]);
  }
  return merged;
}

function mergeRows(initial, mine, theirs, path, both) {
  const [was, here, there] = [initial, mine, theirs].map(byName);
  const merged = [];
  for (const [name, row] of here) {
    const before = was.get(name);
    const other = there.get(name);
    if (before && other) merged.push(mergeTable(before, row, other, [...path, name], both));
    else if (before && same(row, before)) continue;
    else {
      merged.push(row);
      if (before || (other && !same(other, row))) both.push([...path, name]);
    }
  }
  for (const [name, row] of there) {
    if (here.has(name)) continue;
    const before = was.get(name);
    if (before && same(row, before)) continue;
    merged.push(row);
    if (before) both.push([...path, name]);
  }
  return merged;
}

function byName(rows) {
  const named = new Map();
  for (const row of rows) {
    const base = nameOf(row);
    let name = base;
    for (let again = 2; named.has(name); again += 1) name = `${base} (${again})`;
    named.set(name, row);
  }
  return named;
}

function nameOf({ id, payer, line, date, locations, name, year }) {
  if (id) return id;
  if (payer) return `${payer} ${line}`;
  if (date) return `${date} ${locations ?? ""}`;
  return `${name?.en ?? name ?? ""} ${year ?? ""}`.trim();
}
