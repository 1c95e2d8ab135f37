// listCapabilities
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { field, type Flag, view } from '../../kernel/command/view.ts';
import { wireVersion } from '../../kernel/wire/version.ts';
import { usersMayExpunge } from '../vm/vm.settings.ts';

interface Capabilities {
  readonly securityGroups: Flag;
  readonly usersMayExpunge: boolean;
}

const no = () => false;

const capabilityView = view<Capabilities>('capability', {
  cloudstackversion: field.string('the version of the protocol that is spoken', () => wireVersion),
  // A string with this spelling: the CloudStack 3 dashboard reads it as one.
  supportELB: field.string('whether elastic load balancing is there', () => 'false'),
  securitygroupsenabled: field.boolean('whether a zone has security groups', (row) => row.securityGroups),
  userpublictemplateenabled: field.boolean('whether users may publish templates', no),
  allowusercreateprojects: field.boolean('whether users may create projects', no),
  projectinviterequired: field.boolean('whether members of projects are invited first', no),
  regionsecondaryenabled: field.boolean('whether secondary storage serves a region', no),
  kvmsnapshotenabled: field.boolean('whether volumes of running KVM machines can be snapshot', no),
  allowuserviewdestroyedvm: field.boolean('whether users see their destroyed machines', (row) => row.usersMayExpunge),
  allowuserexpungerecovervm: field.boolean('whether users may expunge and recover machines', (row) => row.usersMayExpunge),
  allowuserexpungerecovervolume: field.boolean('whether users may expunge and recover volumes', no),
  allowuserviewalldomainaccounts: field.boolean('whether users see the accounts of their domain', no),
  allowuserforcestopvm: field.boolean('whether users may cut the power of their machines', () => true),
  dynamicrolesenabled: field.boolean('whether roles can be made and changed', no),
  dynamicscalingenabled: field.boolean('whether running machines can be resized', no),
  additionalconfigenabled: field.boolean('whether machines take extra configuration', no),
  instanceleaseenabled: field.boolean('whether machines can be leased for a time', no),
  instancesstatsuseronly: field.boolean('whether statistics are kept of user machines only', () => true),
  instancesdisksstatsretentionenabled: field.boolean('whether statistics of disks are kept', no),
  kubernetesserviceenabled: field.boolean('whether Kubernetes clusters can be made', no),
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
  async execute(_args, { tx, settings }) {
    const rows = await tx.query<{ yes: Flag }[]>('SELECT EXISTS (SELECT 1 FROM zone WHERE security_groups_enabled) AS yes');
    return { securityGroups: rows[0]!.yes, usersMayExpunge: settings.get(usersMayExpunge) };
  },
});
