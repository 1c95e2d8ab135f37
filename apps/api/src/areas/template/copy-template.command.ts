// copyTemplate
import { problem } from '@strata/domain';
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { Zone } from '../zone/zone.entity.ts';
import { copyToZones } from './copy-template.saga.ts';
import { assertKind, templateSubject } from './template-kind.ts';
import { Template } from './template.entity.ts';
import { templateView } from './template.view.ts';

export const copyTemplate = command({
  name: 'copyTemplate',
  about: 'Copies a template to other zones.',
  roles: everyRole,
  async: true,
  event: 'TEMPLATE.COPY',
  since: '1.0',
  params: {
    id: param.ref(Template, { required: true, access: 'operate', about: 'the template' }),
    sourcezoneid: param.ref(Zone, { access: 'use', allowNone: true, about: 'the zone to copy it from; any that has it where not said' }),
    destzoneid: param.ref(Zone, { access: 'use', about: 'the zone that gets it' }),
    destzoneids: param.refs(Zone, { access: 'use', about: 'the zones that get it' }),
  },
  returns: templateView,
  async execute({ id: template, sourcezoneid, destzoneid, destzoneids = [] }, { jobs }) {
    assertKind(template, 'TEMPLATE', 'copyIso');
    const zoneIds = [...new Set([...(destzoneid ? [destzoneid] : []), ...destzoneids].map(({ id }) => id))];
    if (zoneIds.length === 0)
      throw problem('invalid', 'parameter destzoneid is missing: name the zone, or with destzoneids the zones, that get it');
    const input = { templateId: template.id, sourceZoneId: sourcezoneid?.id ?? null, zoneIds };
    return jobs.start(copyToZones, input, { subject: templateSubject(template) });
  },
});
