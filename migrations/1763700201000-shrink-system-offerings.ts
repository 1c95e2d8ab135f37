// 256 MiB are enough for every kind of system machine.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ShrinkSystemOfferings1763700201000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      "UPDATE service_offering SET memory_mib = 256 WHERE uuid IN ('4896bf1b-64cc-4267-8efa-d1a68467f6cd', '45d2aabb-5f22-45bb-8d63-8229d8ddd6a3')",
    );
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}
