// Security groups: which traffic reaches machines and leaves them.
import { area, presenter } from '../../kernel/area.ts';
import { type AccessRule, ownedByAccount, resource } from '../../kernel/command/resource.ts';
import { authorizeSecurityGroupEgress } from './authorize-security-group-egress.command.ts';
import { authorizeSecurityGroupIngress } from './authorize-security-group-ingress.command.ts';
import { authoriseRules, revokeRule } from './change-rules.saga.ts';
import { createSecurityGroup } from './create-security-group.command.ts';
import { deleteSecurityGroup } from './delete-security-group.command.ts';
import { guestFiltersReconciler } from './guest-filters.reconciler.ts';
import { listSecurityGroups } from './list-security-groups.command.ts';
import { revokeSecurityGroupEgress } from './revoke-security-group-egress.command.ts';
import { revokeSecurityGroupIngress } from './revoke-security-group-ingress.command.ts';
import { SecurityGroup, SecurityGroupRule, VmSecurityGroup } from './security-group.entity.ts';
import { authorisedSource, securityGroupSource, securityGroupView } from './security-group.view.ts';
import { updateSecurityGroup } from './update-security-group.command.ts';

/** A rule is its group's. */
const ruleAccess: AccessRule<SecurityGroupRule> = async (caller, rule, access, read) => {
  const group = await read.findOneBy(SecurityGroup, { id: rule.groupId });
  return group !== null && ownedByAccount(caller, group, access, read);
};

export const securityGroupArea = area({
  name: 'security-group',
  commands: [
    createSecurityGroup,
    listSecurityGroups,
    updateSecurityGroup,
    deleteSecurityGroup,
    authorizeSecurityGroupIngress,
    authorizeSecurityGroupEgress,
    revokeSecurityGroupIngress,
    revokeSecurityGroupEgress,
  ],
  resources: [
    resource(SecurityGroup, { noun: 'security group', type: 'SecurityGroup', may: ownedByAccount }),
    resource(SecurityGroupRule, { noun: 'security group rule', type: 'SecurityGroupRule', may: ruleAccess }),
  ],
  entities: [SecurityGroup, SecurityGroupRule, VmSecurityGroup],
  sagas: [authoriseRules, revokeRule],
  reconcilers: [guestFiltersReconciler],
  presenters: [
    presenter('SecurityGroup', securityGroupView, securityGroupSource),
    presenter('AuthorisedRules', securityGroupView, authorisedSource),
  ],
});
