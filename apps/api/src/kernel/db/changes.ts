// The columns that an update command really changes.

/** Leaves out what was not given; undefined when nothing was, since an UPDATE needs a column. */
export function changesOf<Row>(columns: { readonly [K in keyof Row]?: Row[K] | undefined }): { [K in keyof Row]?: Row[K] } | undefined {
  const given = Object.entries(columns).filter(([, value]) => value !== undefined);
  return given.length === 0 ? undefined : (Object.fromEntries(given) as { [K in keyof Row]?: Row[K] });
}
