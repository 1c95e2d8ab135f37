// Settings that clients of the 3.0 era read the first match of without a check: they must be found, and nothing here acts on them.
import { setting } from '../../kernel/settings/settings.ts';

const about = 'Only for clients of the 3.0 era, which insist on finding it: changing it has no effect.';
const category = 'Compatibility';

export const oldClientSettings = [
  setting<boolean>({ name: 'use.local.storage', about, category, initial: false }),
  setting<boolean>({ name: 'swift.enable', about, category, initial: false }),
  setting<boolean>({ name: 'vmware.use.nexus.vswitch', about, category, initial: false }),
  setting<string>({ name: 'ha.tag', about, category, initial: '' }),
];
