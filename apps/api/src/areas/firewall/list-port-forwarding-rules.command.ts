// listPortForwardingRules
import { everyRole } from '../../kernel/command/caller.ts';
import { command, listOf } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { field, view } from '../../kernel/command/view.ts';

const portForwardingRuleView = view<{ uuid: string }>('portforwardingrule', {
  id: field.string('the id of the rule', (row) => row.uuid),
});

/** Apache Libcloud asks with each list of machines. */
export const listPortForwardingRules = command({
  name: 'listPortForwardingRules',
  about: 'Lists forwarded ports of public IP addresses: without such addresses there are none.',
  roles: everyRole,
  since: '1.0',
  params: {
    id: param.uuid({ about: 'only the rule with this id' }),
    listall: param.boolean({ about: 'all rules the caller may see' }),
  },
  returns: listOf(portForwardingRuleView),
  execute: () => Promise.resolve([]),
});
