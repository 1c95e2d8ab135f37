// Which events or alerts a call that archives or deletes several means.
import { problem } from '@strata/domain';
import { param } from '../../kernel/command/param.ts';
import { Where } from '../../kernel/command/source.ts';

export const choiceParams = {
  type: param.string({ about: 'all of this type' }),
  startdate: param.date({ about: 'all at this moment or later' }),
  enddate: param.date({ about: 'all at this moment or earlier' }),
};

export interface Choice {
  readonly ids?: readonly { readonly id: number }[] | undefined;
  readonly type?: string | undefined;
  readonly startdate?: Date | undefined;
  readonly enddate?: Date | undefined;
}

/**
 * @param moment the column that the dates are compared with
 * @throws invalid when the call names nothing: it would mean everything
 */
export function chosen({ ids, type, startdate, enddate }: Choice, moment: string): Where {
  if (!ids && type === undefined && !enddate) throw problem('invalid', 'nothing is named: send ids, type or enddate');
  if (startdate && enddate && startdate > enddate) throw problem('invalid', 'startdate is after enddate: exchange them');
  const where = new Where().equals('type', type).in(
    'id',
    ids?.map(({ id }) => id),
  );
  if (startdate) where.and(`${moment} >= ?`, startdate);
  if (enddate) where.and(`${moment} <= ?`, enddate);
  return where;
}
