/** Addresses of one statement. Labels are the author's own words. */

export const statementPath = (id: string): string => `/statements/${encodeURIComponent(id)}`;

/** @param label Of the footnote: of two with one control, each has its own parameters. */
export const factsPath = (id: string, label: string): string =>
  `${statementPath(id)}/facts.json?note=${encodeURIComponent(label)}`;
