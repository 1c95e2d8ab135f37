// listCapabilities
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import type { Registry } from '../../kernel/command/registry.ts';
import { field, type Flag, view } from '../../kernel/command/view.ts';
import { wireVersion } from '../../kernel/wire/version.ts';
import { customDiskGib } from '../offering/offering-parameters.ts';
import { usersMayExpunge } from '../vm/vm.settings.ts';

interface Capabilities {
  readonly securityGroups: boolean;
  readonly usersMayExpunge: boolean;
  /** Whether a command is there, to users if so asked: what it does can be done. */
  readonly offers: (command: string, toUsers?: 'toUsers') => boolean;
}

/** Not there under any setting, and no command of its own would tell. */
const no = () => false;

const capabilityView = view<Capabilities>('capability', {
  cloudstackversion: field.string('the version of the protocol that is spoken', () => wireVersion),
  // A string with this spelling: the CloudStack 3 dashboard reads it as one.
  supportELB: field.string('whether elastic load balancing is there', () => 'false'),
  securitygroupsenabled: field.boolean('whether security groups can be made and a zone has them', (row) => row.securityGroups),
  userpublictemplateenabled: field.boolean('whether users may publish templates', (row) =>
    row.offers('updateTemplatePermissions', 'toUsers'),
  ),
  allowusercreateprojects: field.boolean('whether users may create projects', (row) => row.offers('createProject', 'toUsers')),
  projectinviterequired: field.boolean('whether members of projects are invited first', no),
  customdiskofferingminsize: field.long('the smallest disk, in GiB, that a user can ask for', () => customDiskGib.min),
  customdiskofferingmaxsize: field.long('the largest disk, in GiB, that a user can ask for', () => customDiskGib.max),
  regionsecondaryenabled: field.boolean('whether secondary storage serves a region', no),
  kvmsnapshotenabled: field.boolean('whether volumes of running KVM machines can be snapshot', (row) => row.offers('createSnapshot')),
  allowuserviewdestroyedvm: field.boolean('whether users see their destroyed machines', () => true),
  allowuserexpungerecovervm: field.boolean('whether users may expunge and recover machines', (row) => row.usersMayExpunge),
  allowuserexpungerecovervolume: field.boolean('whether users may recover volumes', (row) => row.offers('recoverVolume', 'toUsers')),
  allowuserviewalldomainaccounts: field.boolean('whether users see the accounts of their domain', no),
  allowuserforcestopvm: field.boolean('whether users may cut the power of their machines', (row) =>
    row.offers('stopVirtualMachine', 'toUsers'),
  ),
  dynamicrolesenabled: field.boolean('whether roles can be made and changed', (row) => row.offers('createRole')),
  dynamicscalingenabled: field.boolean('whether running machines can be resized', (row) => row.offers('scaleVirtualMachine')),
  additionalconfigenabled: field.boolean('whether machines take extra configuration', no),
  instanceleaseenabled: field.boolean('whether machines can be leased for a time', no),
  instancesstatsuseronly: field.boolean('whether statistics are kept of user machines only', no),
  instancesdisksstatsretentionenabled: field.boolean('whether statistics of disks are kept', no),
  kubernetesserviceenabled: field.boolean('whether Kubernetes clusters can be made', (row) => row.offers('createKubernetesCluster')),
  kubernetesclusterexperimentalfeaturesenabled: field.boolean('whether their experimental features are on', no),
  defaultuipagesize: field.long('how many rows a page of a console shows', () => 20),
});

export const listCapabilities = command({
  name: 'listCapabilities',
  about: 'Tells what this cloud can do.',
  roles: everyRole,
  since: '1.0',
  params: {},
  returns: capabilityView,
  async execute(_args, { tx, settings, registry }) {
    const offers = offersOf(registry);
    const [zones] = await tx.query<{ grouped: Flag }[]>('SELECT EXISTS (SELECT 1 FROM zone WHERE security_groups_enabled) AS grouped');
    return {
      offers,
      securityGroups: offers('createSecurityGroup') && Boolean(zones!.grouped),
      usersMayExpunge: settings.get(usersMayExpunge),
    };
  },
});

function offersOf(registry: Registry): Capabilities['offers'] {
  return (name, toUsers) => {
    const found = registry.find(name);
    return found !== undefined && (!toUsers || found.roles === 'anyone' || found.roles.includes('User'));
  };
}
