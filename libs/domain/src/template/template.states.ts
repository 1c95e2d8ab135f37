// The life of one copy of a template: in an image store or cached in a primary pool.
import { lifecycle } from '../lifecycle.ts';

/** A destroyed copy leaves no row worth keeping: fetching again starts over from Allocated. */
export const templateCopyLifecycle = lifecycle('copy of the template', {
  Allocated: { fetchRequested: 'Creating', destroyRequested: 'Destroying' },
  Creating: { fetched: 'Ready', fetchFailed: 'Failed', destroyRequested: 'Destroying' },
  Failed: { fetchRequested: 'Creating', fetched: 'Ready', destroyRequested: 'Destroying' },
  Ready: { destroyRequested: 'Destroying', lost: 'Failed' },
  Destroying: { destroyRequested: 'Destroying', destroyed: 'Destroyed', kept: 'Ready' },
  Destroyed: {},
});

export type TemplateCopyState = (typeof templateCopyLifecycle.states)[number];
export const templateCopyInitialState: TemplateCopyState = 'Allocated';

/** `status` of templates and ISOs as clients expect it; `percent` is 0 to 100, `error` what a failed fetch said. */
export function templateStatusText(state: TemplateCopyState, percent: number, error: string): string {
  switch (state) {
    case 'Allocated':
      return 'Processing';
    case 'Creating':
      return percent >= 100 ? 'Installing Template' : `${Math.max(0, Math.floor(percent))}% Downloaded`;
    case 'Ready':
      return 'Download Complete';
    case 'Failed':
      return error;
    case 'Destroying':
    case 'Destroyed':
      return '';
  }
}
