// Jobs and their logs, servers, audit events, alerts, settings, reconciler leases.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateJobEventAndSettingTables1763600050000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS management_server (
        id int UNSIGNED NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        name varchar(255) NOT NULL,
        incarnation int UNSIGNED NOT NULL,
        started datetime(3) NOT NULL,
        lease_until datetime(3) NOT NULL,
        UNIQUE INDEX ux_management_server_uuid (uuid),
        PRIMARY KEY (id)
      ) ENGINE=InnoDB`);
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS job (
        id int UNSIGNED NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        saga varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        command varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        event_type varchar(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
        start_event char(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
        request_id varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        account_id int UNSIGNED NOT NULL,
        domain_id int UNSIGNED NOT NULL,
        user_id int UNSIGNED NOT NULL,
        owner_account_id int UNSIGNED NOT NULL,
        subject_type varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        subject_id int UNSIGNED NOT NULL,
        subject_uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        state varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        held_subject varchar(110) CHARACTER SET ascii COLLATE ascii_bin NULL,
        waiting_subject varchar(110) CHARACTER SET ascii COLLATE ascii_bin NULL,
        server_id int UNSIGNED NULL,
        claim int UNSIGNED NOT NULL,
        input longtext NOT NULL,
        result longtext NULL,
        error_kind varchar(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
        error_text varchar(4096) NULL,
        created datetime(3) NOT NULL,
        completed datetime(3) NULL,
        INDEX ix_job_created (created),
        INDEX ix_job_account (account_id, id),
        INDEX ix_job_server (server_id),
        INDEX ix_job_waiting_subject (waiting_subject),
        UNIQUE INDEX ux_job_held_subject (held_subject),
        UNIQUE INDEX ux_job_uuid (uuid),
        PRIMARY KEY (id)
      ) ENGINE=InnoDB`);
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS job_step (
        job_id int UNSIGNED NOT NULL,
        seq int UNSIGNED NOT NULL,
        step varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        what varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        output longtext NULL,
        problem_kind varchar(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
        problem_text varchar(4096) NULL,
        server_id int UNSIGNED NOT NULL,
        created datetime(3) NOT NULL,
        PRIMARY KEY (job_id, seq)
      ) ENGINE=InnoDB`);
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS event (
        id int UNSIGNED NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        type varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        level varchar(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        state varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        description varchar(1024) NOT NULL,
        account_id int UNSIGNED NOT NULL,
        domain_id int UNSIGNED NOT NULL,
        user_id int UNSIGNED NOT NULL,
        start_id char(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
        subject_type varchar(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
        subject_uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
        request_id varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        archived tinyint NOT NULL DEFAULT 0,
        created datetime(3) NOT NULL,
        INDEX ix_event_start (start_id),
        INDEX ix_event_created (created),
        INDEX ix_event_account (account_id, id),
        UNIQUE INDEX ux_event_uuid (uuid),
        PRIMARY KEY (id)
      ) ENGINE=InnoDB`);
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS alert (
        id int UNSIGNED NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        type varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        subject varchar(255) NOT NULL,
        content varchar(4096) NOT NULL,
        zone_id int UNSIGNED NULL,
        pod_id int UNSIGNED NULL,
        cause varchar(255) NOT NULL,
        open_cause varchar(255) NULL,
        times int UNSIGNED NOT NULL DEFAULT 1,
        created datetime(3) NOT NULL,
        sent datetime(3) NOT NULL,
        cleared datetime(3) NULL,
        archived tinyint NOT NULL DEFAULT 0,
        INDEX ix_alert_sent (sent),
        UNIQUE INDEX ux_alert_open_cause (open_cause),
        UNIQUE INDEX ux_alert_uuid (uuid),
        PRIMARY KEY (id)
      ) ENGINE=InnoDB`);
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS setting_value (
        scope varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        scope_id int UNSIGNED NOT NULL,
        name varchar(191) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        value varchar(4096) NOT NULL,
        PRIMARY KEY (scope, scope_id, name)
      ) ENGINE=InnoDB`);
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS setting_version (
        id int UNSIGNED NOT NULL,
        version int UNSIGNED NOT NULL,
        PRIMARY KEY (id)
      ) ENGINE=InnoDB`);
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS reconciler_lease (
        name varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        server_id int UNSIGNED NULL,
        PRIMARY KEY (name)
      ) ENGINE=InnoDB`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}
