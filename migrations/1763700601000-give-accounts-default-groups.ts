// The default security group of the accounts that are there already.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class GiveAccountsDefaultGroups1763700601000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      INSERT IGNORE INTO security_group (uuid, name, description, account_id, domain_id, is_default, created)
      SELECT UUID(), 'default', 'Default Security Group', id, domain_id, 1, UTC_TIMESTAMP(3) FROM account`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}
