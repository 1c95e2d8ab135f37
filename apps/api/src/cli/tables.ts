// How check results and differences look on a terminal.
import { stripVTControlCharacters, styleText } from 'node:util';
import type { Advice, CheckResult, Difference } from '@strata/domain';

/** A difference as the API tells it. */
export type ToldDifference = Difference & Advice;

const labels = { green: 'ok  ', amber: 'WARN', red: 'FAIL' } as const;
const colours = { green: 'green', amber: 'yellow', red: 'red' } as const;

/** One line a check; cause and remedy below it where there is something to do. */
export function checkLines(results: readonly CheckResult[], isColoured: boolean): string[] {
  const width = Math.max(0, ...results.map((result) => plain(result.title).length));
  return results.flatMap((result) => {
    const label = isColoured ? styleText(colours[result.level], labels[result.level], { validateStream: false }) : labels[result.level];
    const lines = [`${label}  ${plain(result.title).padEnd(width)}  ${plain(result.measured)}`.trimEnd()];
    if (result.cause) lines.push(`      cause   ${plain(result.cause)}`);
    if (result.remedy) lines.push(`      remedy  ${plain(result.remedy)}`);
    return lines;
  });
}

export function differenceLines(differences: readonly ToldDifference[]): string[] {
  return differences.flatMap(({ title, subject, expected, found, remedy }) => [
    `${plain(title)}: ${plain(subject)}`,
    `      expected  ${plain(expected)}`,
    `      found     ${plain(found)}`,
    `      remedy    ${plain(remedy)}`,
  ]);
}

/** `1 difference`, `2 differences`. */
export function differenceSum(differences: readonly ToldDifference[]): string {
  return differences.length === 0
    ? 'Database, hosts and storage agree.'
    : `${differences.length} ${differences.length === 1 ? 'difference' : 'differences'}`;
}

/** `12 checks: 10 ok, 1 warning, 1 failed`. */
export function checkSum(results: readonly CheckResult[]): string {
  const count = (level: CheckResult['level']): number => results.filter((result) => result.level === level).length;
  const warnings = count('amber');
  return `${results.length} ${results.length === 1 ? 'check' : 'checks'}: ${count('green')} ok, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}, ${count('red')} failed`;
}

/** What hosts report may hold anything; on a terminal it is one line of text. */
function plain(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/\s*\n\s*/g, ' / ')
    .replaceAll(/\p{Cc}/gu, '');
}
