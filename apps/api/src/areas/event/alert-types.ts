// Alert types: our names and the numbers that clients know them by.

/** Numbers of the API reference's alert types. Types of ours that it lacks go by the number of their nearest. */
const numbers: Readonly<Record<string, number>> = {
  'ALERT.MEMORY': 0,
  'ALERT.CPU': 1,
  'ALERT.STORAGE': 2,
  'ALERT.STORAGE.ALLOCATED': 3,
  'ALERT.SECONDARY.STORAGE': 6,
  'ALERT.HOST': 7,
  'ALERT.HOST.ORPHANS': 7,
  'ALERT.HOST.FILTERS': 7,
  'ALERT.USERVM': 8,
  'ALERT.SERVICE.DOMAINROUTER': 9,
  'ALERT.SERVICE.CONSOLEPROXY': 10,
  'ALERT.STORAGE.MISC': 12,
  'ALERT.MANAGEMENT': 14,
  'ALERT.SERVICE.SSVM': 18,
};

const unknownType = 14;

export function alertNumber(type: string): number {
  return numbers[type] ?? unknownType;
}

/** The names that a filter means: a name as it is, a number as all names that go by it. */
export function alertNames(filter: string): string[] {
  if (!/^\d+$/.test(filter)) return [filter];
  return Object.keys(numbers).filter((name) => numbers[name] === Number(filter));
}
