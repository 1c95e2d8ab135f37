// A link to a file of secondary storage as answers show it.
import { linkPath } from '@strata/domain';
import { source } from '../../kernel/command/source.ts';
import { field, view } from '../../kernel/command/view.ts';
import { fileNameOf } from './links.ts';

interface StoreLinkRow {
  readonly uuid: string;
  readonly subjectUuid: string;
  readonly name: string;
  readonly accountUuid: string;
  readonly zoneUuid: string;
  readonly zoneName: string;
  readonly created: Date;
  readonly site: string | null;
  readonly token: string;
  readonly path: string;
}

export const storeLinkSource = source<StoreLinkRow>({
  from: 'store_link l',
  joins: [
    "LEFT JOIN template t ON l.subject_type IN ('Template', 'Iso') AND t.id = l.subject_id",
    "LEFT JOIN volume v ON l.subject_type = 'Volume' AND v.id = l.subject_id",
    'JOIN account a ON a.id = l.account_id',
    'JOIN zone z ON z.id = l.zone_id',
  ],
  columns: {
    uuid: 'l.uuid',
    subjectUuid: 'COALESCE(t.uuid, v.uuid)',
    name: 'COALESCE(t.name, v.name)',
    accountUuid: 'a.uuid',
    zoneUuid: 'z.uuid',
    zoneName: 'z.name',
    created: 'l.created',
    site: 'l.site',
    token: 'l.token',
    path: 'l.path',
  },
});

function urlOf({ site, token, path }: StoreLinkRow): string | null {
  return site === null ? null : `${site}${linkPath(token, fileNameOf(path))}`;
}

export const storeLinkView = view<StoreLinkRow>('storelink', {
  id: field.string('the id of what it is', (link) => link.subjectUuid),
  name: field.string('its name', (link) => link.name),
  accountid: field.string('the account of who asked', (link) => link.accountUuid),
  zoneid: field.string('the zone that it is from', (link) => link.zoneUuid),
  zonename: field.string('the name of that zone', (link) => link.zoneName),
  created: field.date('when the link was made', (link) => link.created),
  extractId: field.string('the id of the link', (link) => link.uuid),
  extractMode: field.string('how it is fetched', () => 'HTTP_DOWNLOAD'),
  state: field.string('DOWNLOAD_URL_CREATED when it can be fetched', (link) =>
    link.site === null ? 'DOWNLOAD_URL_NOT_CREATED' : 'DOWNLOAD_URL_CREATED',
  ),
  url: field.string('where to fetch it, until the link expires', urlOf),
});
