// runDoctor
import { parseHostUrl, parseStorageUrl, problem } from '@strata/domain';
import { randomUUID } from 'node:crypto';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command, listOf } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { keepLogin } from '../host/host-login.ts';
import { Host } from '../host/host.entity.ts';
import { Cluster, clusterHypervisors } from '../zone/cluster.entity.ts';
import { Pod } from '../zone/pod.entity.ts';
import { checkResultView } from './check-result.view.ts';
import { examine } from './examine.saga.ts';
import type { Patient } from './patient.ts';

export const runDoctor = command({
  name: 'runDoctor',
  about: 'Checks the management server and its database, a machine that may become a host, or an NFS export, without adding anything.',
  roles: adminRoles,
  async: 'awaited',
  event: 'DOCTOR.RUN',
  since: '1.0',
  params: {
    host: param.string({ about: 'check this machine: address or address:port, with the port of SSH' }),
    username: param.string({ about: 'who logs in to it; root when absent' }),
    password: param.string({ secret: true, about: 'the password, not kept; without it the management key is used' }),
    hypervisor: param.enum(clusterHypervisors, { about: 'its hypervisor; told by its address when absent' }),
    podid: param.ref(Pod, { access: 'see', about: 'check also whether it fits into this pod' }),
    clusterid: param.ref(Cluster, { access: 'see', about: 'check also whether it fits into this cluster' }),
    nfs: param.string({ about: 'check this export, nfs://server/path: a file is written there and removed' }),
    hostid: param.ref(Host, { access: 'see', about: 'look at the export from this host; from any that is Up when absent' }),
  },
  returns: listOf(checkResultView),
  async execute(args, { tx, clock, secrets, jobs }) {
    if (args.host !== undefined && args.nfs !== undefined)
      throw problem('invalid', 'parameters host and nfs exclude each other: check one after the other');
    let patient: Patient = { kind: 'server' };
    if (args.nfs !== undefined) {
      const { server, path } = parseStorageUrl(args.nfs, 'nfs');
      patient = { kind: 'nfs', server, path, hostId: args.hostid?.id ?? null };
    }
    if (args.host !== undefined) {
      const { address, port = 22 } = parseHostUrl(args.host, 'host');
      const { id: loginId } = await keepLogin(tx, args, { secrets, clock });
      patient = {
        kind: 'host',
        address,
        port,
        loginId,
        hypervisor: args.hypervisor ?? null,
        podId: args.podid?.id ?? null,
        clusterId: args.clusterid?.id ?? null,
      };
    }
    return jobs.start(examine, { patient }, { subject: { type: 'Doctor', id: 0, uuid: randomUUID() }, fresh: true });
  },
});
