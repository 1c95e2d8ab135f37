// Passwords that machines are still to be given.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateVmPasswordTable1763700501000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS vm_password (
        vm_id int UNSIGNED NOT NULL,
        revision char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        sealed_password longtext NOT NULL,
        PRIMARY KEY (vm_id)
      ) ENGINE=InnoDB`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}
