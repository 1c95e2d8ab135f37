// Values for parameters by their declared type: one that decodes, and those that must not.
import type { Command } from '../../src/kernel/command/command.ts';
import type { Role } from '../../src/kernel/command/caller.ts';
import type { Param } from '../../src/kernel/command/param.ts';

export type Sent = Record<string, string>;

/** A uuid that nothing has. */
export const nobody = '00000000-0000-4000-8000-00000000dead';

/** A value that the parameter decodes; whether it makes sense is another question. */
export function plausible(name: string, param: Param): Sent {
  if (param.type === 'map') return { [`${name}[0].key`]: 'a', [`${name}[0].value`]: 'b' };
  if (param.ref || param.type === 'uuid') return { [name]: nobody };
  if (param.form === 'pem') return { [name]: '-----BEGIN SAMPLE-----\nAAAA\n-----END SAMPLE-----\n' };
  if (param.values) return { [name]: param.values[0]! };
  const values: Partial<Record<Param['type'], string>> = { integer: '1', long: '1', double: '1.5', boolean: 'true', date: '2026-01-31' };
  return { [name]: values[param.type] ?? 'x' };
}

/** What the role has to send, with plausible values, without the parameter named. */
export function requiredParams(command: Command, role: Role, without?: string): Sent {
  const required = Object.entries(command.params).filter(
    ([name, { required, roles }]) => required && name !== without && (!roles || roles.includes(role)),
  );
  return Object.assign({}, ...required.map(([name, param]) => plausible(name, param))) as Sent;
}

const wrongByType: Partial<Record<Param['type'], readonly string[]>> = {
  integer: ['one', '1.5', '0x10', '1e3', '9'.repeat(16), '--1', '1 2'],
  long: ['one', '1.5', '9'.repeat(16)],
  double: ['one', '1,5', '1e3', 'NaN', 'Infinity'],
  boolean: ['yes', '1', 'truefalse'],
  date: ['yesterday', '2026-13-01', '2026-02-30', '2026-01-31T25:00:00Z', '01.02.2026'],
  uuid: ['x', '00000000-0000-4000-8000', `${nobody}0`, '1 OR 1=1', '-2'],
};

/** What must be refused with a text that names the parameter: requests that differ in nothing else. */
export function wrongValues(name: string, param: Param): Sent[] {
  if (param.type === 'map')
    return [
      { [name]: 'x' },
      { [`${name}[a].key`]: 'x' },
      { [`${name}[0]`]: 'x' },
      { [`${name}[0][1].key`]: 'x' },
      { [`${name}[0].key`]: 'a\u0007b' },
    ];
  const values = [...(wrongByType[param.type] ?? []), 'x'.repeat(param.maxLength + 1), 'a\u0000b', 'a\nb'];
  if (param.values) values.push('none-of-them');
  if (param.type === 'list' && param.ref) values.push('x', `${nobody},x`);
  return values.map((value) => ({ [name]: value }));
}
