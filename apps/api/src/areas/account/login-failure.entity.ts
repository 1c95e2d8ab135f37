// Wrong logins in a row, counted per user for all servers. Row 0 stands for names that nobody has.
import { Entity, PrimaryColumn } from 'typeorm';
import { IntColumn, MomentColumn } from '../../kernel/db/columns.ts';

@Entity('login_failure')
export class LoginFailure {
  @PrimaryColumn({ type: 'int', unsigned: true }) userId: number;
  @IntColumn() failures: number;
  @MomentColumn() lastAt: Date;
}
