// SSH key pairs of accounts, and the public keys that machines are given.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateSshKeyPairTables1763700800000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS ssh_key_pair (
        id int UNSIGNED NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        name varchar(255) NOT NULL,
        account_id int UNSIGNED NOT NULL,
        domain_id int UNSIGNED NOT NULL,
        fingerprint varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        public_key longtext NOT NULL,
        created datetime(3) NOT NULL,
        UNIQUE INDEX ssh_key_pair_uuid (uuid),
        UNIQUE INDEX ssh_key_pair_name (account_id, name),
        INDEX ssh_key_pair_domain (domain_id),
        PRIMARY KEY (id)
      ) ENGINE=InnoDB`);
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS vm_ssh_key (
        vm_id int UNSIGNED NOT NULL,
        position int NOT NULL,
        name varchar(255) NOT NULL,
        public_key longtext NOT NULL,
        PRIMARY KEY (vm_id, position)
      ) ENGINE=InnoDB`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}
