// getSystemVmLogin
import { formatIpv4, problem, systemVmName } from '@strata/domain';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { field, view } from '../../kernel/command/view.ts';
import { Host } from '../host/host.entity.ts';
import { ensureManagementKey } from '../host/management-key.ts';
import { SystemNic, SystemVm } from './system-vm.entity.ts';

interface SystemVmLogin {
  readonly host: Host;
  readonly controlIp: string;
  readonly hostKeySha256: string;
  readonly privateKeyPem: string;
}

const systemVmLoginView = view<SystemVmLogin>('systemvmlogin', {
  hostaddress: field.string('the host that it runs on', ({ host }) => host.address),
  hostport: field.integer('the port of SSH there', ({ host }) => host.port),
  hostuser: field.string('who logs in there', ({ host }) => host.username),
  hostkey: field.string('SHA-256 of the key that this host must show', ({ host }) => host.hostKeySha256),
  linklocalip: field.string('where the machine is reached from its host', (login) => login.controlIp),
  machinekey: field.string('SHA-256 of the key that the machine must show', (login) => login.hostKeySha256),
  privatekey: field.string('the management key, which both let in', (login) => login.privateKeyPem),
});

export const getSystemVmLogin = command({
  name: 'getSystemVmLogin',
  about: 'Tells how an administrator logs in to a system machine; only on the management server, for ./strata systemvm ssh.',
  roles: adminRoles,
  since: '1.0',
  params: { id: param.ref(SystemVm, { required: true, access: 'operate', about: 'the system machine' }) },
  returns: systemVmLoginView,
  async execute({ id: vm }, { tx, caller, secrets }) {
    if (caller.via !== 'local')
      throw problem(
        'denied',
        'getSystemVmLogin hands out the management key: call it on the management server, with ./strata systemvm ssh',
      );
    const name = systemVmName(vm.kind, vm.id);
    const host = vm.hostId === null ? null : await tx.findOneBy(Host, { id: vm.hostId });
    if (!host) throw problem('conflict', `${name} does not run (${vm.state}): start it first`);
    if (host.hypervisor !== 'KVM') throw problem('invalid', `${name} is simulated: there is nothing to log in to`);
    if (vm.hostKeySha256 === null)
      throw problem('unavailable', `${name} has not been reached since it was made: try again when its agent is Up`);
    const card = await tx.findOneByOrFail(SystemNic, { systemVmId: vm.id, purpose: 'control' });
    const { privateKeyPem } = await ensureManagementKey(tx, secrets);
    return { host, controlIp: formatIpv4(card.ip), hostKeySha256: vm.hostKeySha256, privateKeyPem };
  },
});
