// The life of one copy of a template: in an image store or cached in a primary pool.
import { lifecycle } from '../lifecycle.ts';

/** A destroyed copy leaves no row worth keeping: fetching again starts over from Allocated. */
export const templateCopyLifecycle = lifecycle('copy of the template', {
  Allocated: { fetchRequested: 'Creating', fetched: 'Ready', fetchFailed: 'Failed', destroyRequested: 'Destroying' },
  Creating: { fetched: 'Ready', fetchFailed: 'Failed', destroyRequested: 'Destroying' },
  Failed: { fetchRequested: 'Creating', fetched: 'Ready', retryRequested: 'Allocated', destroyRequested: 'Destroying' },
  Ready: { destroyRequested: 'Destroying', lost: 'Failed' },
  Destroying: { destroyRequested: 'Destroying', destroyed: 'Destroyed', kept: 'Ready' },
  Destroyed: {},
});

export type TemplateCopyState = (typeof templateCopyLifecycle.states)[number];
export const templateCopyInitialState: TemplateCopyState = 'Allocated';

export interface TemplateProgress {
  readonly state: TemplateCopyState;
  /** 0 to 100. */
  readonly percent: number;
  /** What a failed fetch said. */
  readonly error: string;
  /** Why a fetch does not go on at the moment; empty while it does. */
  readonly waiting: string;
}

/** `status` of templates and ISOs as clients expect it. */
export function templateStatusText({ state, percent, error, waiting }: TemplateProgress): string {
  switch (state) {
    case 'Allocated':
      return waiting || 'Processing';
    case 'Creating': {
      const far = percent >= 100 ? 'Installing Template' : `${Math.max(0, Math.floor(percent))}% Downloaded`;
      return waiting === '' ? far : `${far}, ${waiting}`;
    }
    case 'Ready':
      return 'Download Complete';
    case 'Failed':
      return error;
    case 'Destroying':
    case 'Destroyed':
      return '';
  }
}
