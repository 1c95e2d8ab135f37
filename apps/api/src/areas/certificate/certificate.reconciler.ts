// Sees to it that the installation has an authority of its own whose certificates are current.
import { reconciler } from '../../kernel/reconcile/reconciler.ts';
import { SystemVm } from '../system-vm/system-vm.entity.ts';
import { tendOwnAuthority } from './certificates.ts';

export const certificateReconciler = reconciler({
  name: 'certificates',
  about: 'Makes the authority of the installation, and renews the certificates of its system machines in time.',
  everyMs: 5_000,
  async run(ctx) {
    if (await ctx.read.existsBy(SystemVm, {})) await tendOwnAuthority(ctx.read, ctx.secrets, ctx.clock);
  },
});
