// A security group as the answers about its machines show it: without rules and members.
import { field, view } from '../../kernel/command/view.ts';

export interface MemberGroup {
  readonly vmId: number;
  readonly uuid: string;
  readonly name: string;
  readonly description: string;
  readonly accountName: string;
}

/** The groups of some machines. */
export const memberGroupsSql = `SELECT m.vm_id AS vmId, g.uuid, g.name, g.description, a.name AS accountName
  FROM vm_security_group m JOIN security_group g ON g.id = m.group_id JOIN account a ON a.id = g.account_id WHERE m.vm_id IN (?) ORDER BY g.id`;

export const memberGroupView = view<MemberGroup>('securitygroup', {
  id: field.string('the id of the security group', (group) => group.uuid),
  name: field.string('its name', (group) => group.name),
  description: field.string('what it is for', (group) => group.description),
  account: field.string('the account it belongs to', (group) => group.accountName),
});
