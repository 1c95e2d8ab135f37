// Which accounts may use templates of others.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateTemplatePermissionTable1763600600000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS template_permission (
        template_id int UNSIGNED NOT NULL,
        account_id int UNSIGNED NOT NULL,
        INDEX template_permission_account (account_id),
        PRIMARY KEY (template_id, account_id)
      ) ENGINE=InnoDB`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}
