// Where the machine is that hands a file out, with scheme and name in place of its bare address.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class TellWhereLinksLead1763700405000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE store_link
        ADD COLUMN IF NOT EXISTS site varchar(255) CHARACTER SET ascii COLLATE ascii_bin NULL,
        DROP COLUMN IF EXISTS ip`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}
