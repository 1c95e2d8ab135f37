// The names that traffic has on hosts: a bridge on KVM, labels elsewhere.
import { problem } from '@strata/domain';
import { param } from '../../kernel/command/param.ts';

export const labelParams = {
  kvmnetworklabel: param.string({ about: 'the bridge of this traffic on KVM hosts, such as br0' }),
  xennetworklabel: param.string({ about: 'its label on XenServer hosts' }),
  vmwarenetworklabel: param.string({ about: 'its label on VMware hosts' }),
  hypervnetworklabel: param.string({ about: 'its label on Hyper-V hosts' }),
  ovm3networklabel: param.string({ about: 'its label on OVM3 hosts' }),
};

interface Labels {
  readonly kvmnetworklabel?: string | undefined;
  readonly xennetworklabel?: string | undefined;
  readonly vmwarenetworklabel?: string | undefined;
  readonly hypervnetworklabel?: string | undefined;
  readonly ovm3networklabel?: string | undefined;
}

/** Columns of the labels that were sent. @throws invalid when the bridge is no name of a Linux network interface */
export function labelColumns(labels: Labels) {
  const bridge = labels.kvmnetworklabel;
  // Linux IFNAMSIZ: 15 characters.
  if (bridge !== undefined && !/^[A-Za-z0-9][A-Za-z0-9._-]{0,14}$/.test(bridge)) {
    throw problem(
      'invalid',
      `kvmnetworklabel "${bridge}" cannot be a bridge: give the name of a Linux interface, up to 15 letters, digits and . _ -`,
    );
  }
  return {
    kvmLabel: bridge,
    xenLabel: labels.xennetworklabel,
    vmwareLabel: labels.vmwarenetworklabel,
    hypervLabel: labels.hypervnetworklabel,
    ovm3Label: labels.ovm3networklabel,
  };
}
