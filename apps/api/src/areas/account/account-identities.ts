// Answers authentication from the tables of users, accounts and domains: one statement a request.
import type { DataSource } from 'typeorm';
import type { Role } from '../../kernel/command/caller.ts';
import type { Identity, IdentitySource, KeyIdentity, SessionIdentity } from '../../kernel/http/identity.ts';

const callerColumns = `u.id AS userId, u.uuid AS userUuid, u.username, u.state AS userState, a.id AS accountId, a.uuid AS accountUuid,
  a.name AS accountName, a.role, a.state AS accountState, d.id AS domainId, d.uuid AS domainUuid, d.path AS domainPath`;
const callerJoins = 'JOIN account a ON a.id = u.account_id JOIN domain d ON d.id = a.domain_id';

interface CallerRow {
  readonly userId: number;
  readonly userUuid: string;
  readonly username: string;
  readonly userState: string;
  readonly accountId: number;
  readonly accountUuid: string;
  readonly accountName: string;
  readonly role: Role;
  readonly accountState: string;
  readonly domainId: number;
  readonly domainUuid: string;
  readonly domainPath: string;
}

export class AccountIdentities implements IdentitySource {
  constructor(private readonly dataSource: DataSource) {}

  async findByApiKey(apiKey: string): Promise<KeyIdentity | undefined> {
    const [row] = await this.dataSource.query<(CallerRow & { sealedSecretKey: string | null })[]>(
      `SELECT ${callerColumns}, u.sealed_secret_key AS sealedSecretKey FROM user u ${callerJoins} WHERE u.api_key = ?`,
      [apiKey],
    );
    return row?.sealedSecretKey ? { ...identityOf(row), sealedSecretKey: row.sealedSecretKey } : undefined;
  }

  async findBySession(idHash: string): Promise<SessionIdentity | undefined> {
    const [row] = await this.dataSource.query<(CallerRow & { keyHash: string; lastUsedAt: Date })[]>(
      `SELECT ${callerColumns}, s.key_hash AS keyHash, s.last_used_at AS lastUsedAt FROM session s JOIN user u ON u.id = s.user_id ${callerJoins} WHERE s.id_hash = ?`,
      [idHash],
    );
    return row && { ...identityOf(row), keyHash: row.keyHash, lastUsedAt: row.lastUsedAt };
  }

  async getSystem(): Promise<Identity> {
    const [row] = await this.dataSource.query<CallerRow[]>(
      `SELECT ${callerColumns} FROM user u ${callerJoins} WHERE u.is_default = 1 ORDER BY u.id LIMIT 1`,
    );
    if (!row) throw new Error('the user that the installation was made with is gone from the database');
    return identityOf(row);
  }
}

function identityOf(row: CallerRow): Identity {
  const { userId, userUuid, username, accountId, accountUuid, accountName, role, domainId, domainUuid, domainPath } = row;
  return {
    caller: { userId, userUuid, username, accountId, accountUuid, accountName, domainId, domainUuid, domainPath, role },
    isEnabled: row.userState === 'enabled' && row.accountState === 'enabled',
  };
}
