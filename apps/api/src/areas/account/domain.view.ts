// Domains in answers.
import { formatDomainPath } from '@strata/domain';
import { field, type Flag, view } from '../../kernel/command/view.ts';
import { source } from '../../kernel/command/source.ts';

export interface DomainRow {
  readonly id: number;
  readonly uuid: string;
  readonly name: string;
  readonly level: number;
  readonly path: string;
  readonly networkDomain: string | null;
  readonly created: Date;
  readonly parentUuid: string | null;
  readonly parentName: string | null;
  readonly hasChild: Flag;
}

export const domainSource = source<DomainRow>({
  from: 'domain d',
  joins: ['LEFT JOIN domain p ON p.id = d.parent_id'],
  columns: {
    id: 'd.id',
    uuid: 'd.uuid',
    name: 'd.name',
    level: 'd.level',
    path: 'd.path',
    networkDomain: 'd.network_domain',
    created: 'd.created',
    parentUuid: 'p.uuid',
    parentName: 'p.name',
    hasChild: 'EXISTS (SELECT 1 FROM domain c WHERE c.parent_id = d.id)',
  },
});

export const domainView = view<DomainRow>('domain', {
  id: field.string('the id of the domain', (row) => row.uuid),
  name: field.string('the name of the domain', (row) => row.name),
  level: field.integer('how far below ROOT it is', (row) => row.level),
  parentdomainid: field.string('the id of the domain above', (row) => row.parentUuid),
  parentdomainname: field.string('the name of the domain above', (row) => row.parentName),
  haschild: field.boolean('whether there are domains below', (row) => row.hasChild),
  path: field.string('the names from ROOT down', (row) => formatDomainPath(row.path)),
  networkdomain: field.string('the DNS suffix of guests whose network has none', (row) => row.networkDomain),
  state: field.string('always Active', () => 'Active'),
  created: field.date('when it was created', (row) => row.created),
});
