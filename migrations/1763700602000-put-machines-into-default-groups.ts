// Machines that were deployed before there were security groups.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class PutMachinesIntoDefaultGroups1763700602000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      INSERT IGNORE INTO vm_security_group (vm_id, group_id)
      SELECT vm.id, g.id FROM virtual_machine vm JOIN security_group g ON g.account_id = vm.account_id AND g.is_default`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}
