// listStorageProviders
import { computedList } from '../../kernel/command/computed-list.ts';
import { param } from '../../kernel/command/param.ts';
import { field, view } from '../../kernel/command/view.ts';

interface ProviderRow {
  readonly name: string;
  readonly type: 'primary' | 'image';
}

const providers: readonly ProviderRow[] = [
  { name: 'DefaultPrimary', type: 'primary' },
  { name: 'NFS', type: 'image' },
];

const providerView = view<ProviderRow>('dataStoreProvider', {
  name: field.string('what createStoragePool or addImageStore takes as provider', (row) => row.name),
  type: field.string('primary or image', (row) => row.type),
});

export const listStorageProviders = computedList({
  name: 'listStorageProviders',
  about: 'Lists who can manage storage.',
  roles: ['Admin', 'ResourceAdmin'],
  since: '1.0',
  params: { type: param.enum(['primary', 'image'], { required: true, about: 'of primary or of secondary storage' }) },
  returns: providerView,
  keyword: (row) => row.name,
  rows: ({ type }) => Promise.resolve(providers.filter((provider) => provider.type === type)),
});
