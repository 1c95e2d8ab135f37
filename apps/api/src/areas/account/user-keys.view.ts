// API keys in answers.
import { field, view } from '../../kernel/command/view.ts';

export interface UserKeys {
  readonly apiKey: string | null;
  readonly secretKey: string | null;
}

export const userKeysView = view<UserKeys>('userkeys', {
  apikey: field.string('names the user in signed requests', (row) => row.apiKey),
  secretkey: field.string('signs requests; known to nobody else', (row) => row.secretKey),
  apikeyaccess: field.boolean('whether requests may be signed with it', () => true),
});
