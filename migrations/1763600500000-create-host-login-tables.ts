// How hosts are logged in to: the management key and the logins of jobs.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateHostLoginTables1763600500000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS management_key (
        id int UNSIGNED NOT NULL,
        public_key varchar(1024) NOT NULL,
        sealed_private_key longtext NOT NULL,
        PRIMARY KEY (id)
      ) ENGINE=InnoDB`);
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS host_login (
        id int UNSIGNED NOT NULL AUTO_INCREMENT,
        username varchar(255) NOT NULL,
        sealed_password longtext NULL,
        created datetime(3) NOT NULL,
        INDEX host_login_created (created),
        PRIMARY KEY (id)
      ) ENGINE=InnoDB`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}
