// Which scope a call about settings means, from the id parameters that name it.
import { listed, problem } from '@strata/domain';
import type { Caller } from '../../kernel/command/caller.ts';
import { type Access } from '../../kernel/command/resource.ts';
import { param } from '../../kernel/command/param.ts';
import { globalScope, type ScopeRef, type SettingScope } from '../../kernel/settings/settings.ts';
import { Account } from '../account/account.entity.ts';
import { Domain } from '../account/domain.entity.ts';
import { ImageStore } from '../image-store/image-store.entity.ts';
import { StoragePool } from '../storage-pool/storage-pool.entity.ts';
import { Cluster } from '../zone/cluster.entity.ts';
import { Zone } from '../zone/zone.entity.ts';

const administrators = ['Admin'] as const;

/** The id parameters, alike in all commands about settings but for the name of the one for image stores. */
export function scopeParams(access: Access) {
  return {
    zoneid: param.ref(Zone, { access, roles: administrators, about: 'the value of this zone' }),
    clusterid: param.ref(Cluster, { access, roles: administrators, about: 'the value of this cluster' }),
    storageid: param.ref(StoragePool, { access, roles: administrators, about: 'the value of this primary storage' }),
    accountid: param.ref(Account, { access, about: 'the value of this account' }),
    domainid: param.ref(Domain, { access, about: 'the value of this domain' }),
  };
}

export function imageStoreParam(access: Access) {
  return param.ref(ImageStore, { access, roles: administrators, about: 'the value of this secondary storage' });
}

interface ScopeArgs {
  readonly zoneid?: Zone | undefined;
  readonly clusterid?: Cluster | undefined;
  readonly storageid?: StoragePool | undefined;
  readonly accountid?: Account | undefined;
  readonly domainid?: Domain | undefined;
}

/** @throws invalid when several scopes are named; denied for callers that may not act on values that hold everywhere */
export function scopeOf(caller: Caller, args: ScopeArgs, imageStore: ImageStore | undefined): ScopeRef {
  const named: readonly (readonly [SettingScope, { readonly id: number } | undefined])[] = [
    ['zone', args.zoneid],
    ['cluster', args.clusterid],
    ['storagepool', args.storageid],
    ['imagestore', imageStore],
    ['account', args.accountid],
    ['domain', args.domainid],
  ];
  const scopes = named.flatMap(([scope, row]) => (row ? [{ scope, id: row.id }] : []));
  if (scopes.length > 1) throw problem('invalid', `${listed(scopes.map(({ scope }) => scope))} exclude each other: name one scope`);
  if (!scopes[0] && caller.role !== 'Admin')
    throw problem('denied', 'settings that hold everywhere are for root administrators: send accountid or domainid');
  return scopes[0] ?? globalScope;
}
