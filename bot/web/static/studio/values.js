/** What an editor writes of one text, in the shape that is saved. */

const FIELDS = [
  ...["title", "lead", "more", "variants", "golden"],
  ...["sources", "verified_on", "expires_on"],
];

/** The fields of a version; of nothing, empty ones. */
export function only(version) {
  const values = Object.fromEntries(FIELDS.map((name) => [name, version[name] ?? null]));
  return {
    ...values,
    title: version.title ?? "",
    lead: version.lead ?? "",
    variants: version.variants ?? [],
    golden: version.golden ?? [],
    sources: version.sources ?? [],
  };
}

/** Whether two texts say the same. */
export function same(one, other) {
  const bare = (values) =>
    JSON.stringify(
      FIELDS.map((name) => (typeof values[name] === "string" ? values[name].trim() : values[name])),
      null,
    );
  return one !== null && other !== null && bare(one) === bare(other);
}
