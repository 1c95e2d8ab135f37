// I7: what is noted as promised of hosts and pools is the sum of what machines and volumes hold.
import type { Difference } from './difference.ts';

export interface PromisedFigure {
  /** As people call it: `host kvm1`. */
  readonly subject: string;
  /** With its unit: `CPU MHz`. */
  readonly what: string;
  /** Null where there is no row that notes it. */
  readonly noted: number | null;
  readonly computed: number;
}

export function compareCapacity(figures: readonly PromisedFigure[]): Difference[] {
  return figures
    .filter(({ noted, computed }) => noted !== computed)
    .map(({ subject, what, noted, computed }) => ({
      check: 'I7.capacity',
      subject,
      expected: `${computed} ${what} promised`,
      found: noted === null ? 'nothing noted' : `${noted} ${what} promised`,
    }));
}
