// Security groups, their rules, and which machines are in them.
import type { RuleDirection, RuleProtocol } from '@strata/domain';
import { Entity, Index } from 'typeorm';
import { FlagColumn, IdColumn, IntColumn, MomentColumn, RefColumn, TextColumn, UuidColumn, WordColumn } from '../../kernel/db/columns.ts';

@Entity('security_group')
@Index('security_group_uuid', ['uuid'], { unique: true })
@Index('security_group_name', ['accountId', 'name'], { unique: true })
@Index('security_group_domain', ['domainId'])
export class SecurityGroup {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  @TextColumn() name: string;
  @TextColumn({ default: '' }) description: string;
  @RefColumn() accountId: number;
  @RefColumn() domainId: number;
  /** The one that machines of the account are in when nobody chose; it stays. */
  @FlagColumn() isDefault: boolean;
  @MomentColumn() created: Date;
}

@Entity('security_group_rule')
@Index('security_group_rule_uuid', ['uuid'], { unique: true })
@Index('security_group_rule_group', ['groupId'])
@Index('security_group_rule_peer', ['peerGroupId'])
@Index('security_group_rule_call', ['callUuid'])
export class SecurityGroupRule {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  @RefColumn() groupId: number;
  /** Of the first rule that the same call authorised: the answer to that call shows all of them. */
  @UuidColumn() callUuid: string;
  @WordColumn() direction: RuleDirection;
  @WordColumn() protocol: RuleProtocol;
  @IntColumn({ nullable: true }) startPort: number | null;
  @IntColumn({ nullable: true }) endPort: number | null;
  /** -1: every type. */
  @IntColumn({ nullable: true }) icmpType: number | null;
  /** -1: every code. */
  @IntColumn({ nullable: true }) icmpCode: number | null;
  /** Who may be at the other end: a subnet, or the members of a group. */
  @WordColumn({ nullable: true }) cidr: string | null;
  @RefColumn({ nullable: true }) peerGroupId: number | null;
}

@Entity('vm_security_group')
@Index('vm_security_group_group', ['groupId'])
export class VmSecurityGroup {
  @RefColumn({ primary: true }) vmId: number;
  @RefColumn({ primary: true }) groupId: number;
}
