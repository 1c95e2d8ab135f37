// updateTrafficType
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { labelColumns, labelParams } from './network-labels.ts';
import { TrafficType } from './traffic-type.entity.ts';
import { trafficTypeView } from './traffic-type.view.ts';
import { changeLabels } from './update-traffic-type.saga.ts';

export const updateTrafficType = command({
  name: 'updateTrafficType',
  about: 'Changes by which bridge or label hosts carry a kind of traffic. Machines that run keep theirs until they start anew.',
  roles: adminRoles,
  async: true,
  event: 'TRAFFIC.TYPE.UPDATE',
  since: '1.0',
  params: { id: param.ref(TrafficType, { required: true, access: 'operate', about: 'the traffic type' }), ...labelParams },
  returns: trafficTypeView,
  execute: ({ id: type, ...labels }, { jobs }) =>
    jobs.start(
      changeLabels,
      { trafficTypeId: type.id, labels: labelColumns(labels) },
      { subject: { type: 'TrafficType', id: type.id, uuid: type.uuid } },
    ),
});
