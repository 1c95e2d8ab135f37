// deleteTrafficType
import { adminRoles } from '../../kernel/command/caller.ts';
import { command, success } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { removeTrafficType } from './delete-traffic-type.saga.ts';
import { TrafficType } from './traffic-type.entity.ts';

export const deleteTrafficType = command({
  name: 'deleteTrafficType',
  about: 'Ends that a physical network carries a kind of traffic, while no network uses it.',
  roles: adminRoles,
  async: true,
  event: 'TRAFFIC.TYPE.DELETE',
  since: '1.0',
  params: { id: param.ref(TrafficType, { required: true, access: 'operate', about: 'the traffic type' }) },
  returns: success,
  execute: ({ id: type }, { jobs }) =>
    jobs.start(removeTrafficType, { trafficTypeId: type.id }, { subject: { type: 'TrafficType', id: type.id, uuid: type.uuid } }),
});
