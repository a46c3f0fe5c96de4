/** A set: what it holds, what was passed over and why, what can be done with it, and its questions. */

import { DATA_EXPORTS, type DataItem, type DataRecord } from '../../contract/data/data-sets.ts';
import { offerData } from '../shared/data-offers.ts';
import { Icon } from '../shared/Icon.tsx';
import { Pager } from '../shared/PagedTable.tsx';
import { Panel } from '../shared/Panel.tsx';
import { usePageLinks } from '../shared/page-links.tsx';
import { useData, useDataState } from './context.ts';
import styles from './DataPage.module.css';
import { Picture } from './Picture.tsx';
import { PAGE_ITEMS } from './state.ts';
import { countOf, WAYS_OUT } from './words.ts';

export function SetOnShow({ record }: { record: DataRecord }) {
  const { save } = useData();
  const { openPage } = usePageLinks();
  const busy = useDataState((s) => s.busy);
  const give = (page: 'train' | 'evaluate') => {
    offerData(page, record);
    openPage(page);
  };
  return (
    <>
      <Panel
        heading={record.name}
        headingId="set-heading"
        long
        note={sentencesOf(record).join(' ')}
      >
        <Skipped record={record} />
        <div className={styles.actions}>
          <button type="button" className="button" onClick={() => give('train')}>
            Train on it
          </button>
          <button type="button" className="button" onClick={() => give('evaluate')}>
            Evaluate with it
          </button>
          {DATA_EXPORTS.map((as) => (
            <button
              key={as}
              type="button"
              className="button"
              disabled={busy !== null}
              title={WAYS_OUT[as].title}
              onClick={() => void save(record.id, as)}
            >
              <Icon name="download" />
              {WAYS_OUT[as].label}
            </button>
          ))}
        </div>
      </Panel>
      <Items record={record} />
    </>
  );
}

function sentencesOf(record: DataRecord): string[] {
  const { items, pictures, groups, answers, texts, wordsOnly, scaled, sameIds, shape } = record;
  return [
    groups
      ? `${countOf(items / 3, 'question')} with three pictures each: the first agrees with the prior, the others contradict it.`
      : `${countOf(items, 'question')} about ${countOf(pictures, 'picture')}.`,
    ...(shape === null ? [] : [`Read as ${shape}.`]),
    ...(answers === items ? [] : [`${countOf(items - answers, 'question')} without an answer.`]),
    texts === 0
      ? 'No descriptions and reasonings, which SFT would learn; every other recipe can.'
      : `${countOf(texts, 'question')} with a reasoning, which SFT learns.`,
    ...(wordsOnly === 0 ? [] : [`${countOf(wordsOnly, 'question')} in words alone.`]),
    ...(scaled === 0
      ? []
      : [
          `${countOf(scaled, 'picture')} above 16 megapixels, scaled down to that when ${scaled === 1 ? 'it is' : 'they are'} asked about.`,
        ]),
    'What a model sees of any picture is scaled by its own image processor, as the official one does it.',
    ...(sameIds === 0
      ? []
      : [`${countOf(sameIds, 'row')} had the id of an earlier one and are known by their lines.`]),
    'Answers are graded by a mathematical match.',
  ];
}

function Skipped({ record: { skipped } }: { record: DataRecord }) {
  if (skipped.total === 0) return null;
  return (
    <details className={styles.mapping}>
      <summary>{countOf(skipped.total, 'line')} passed over</summary>
      <ul className={styles.reasons}>
        {skipped.reasons.map(({ reason, count, lines }) => (
          <li key={reason}>
            {countOf(count, 'line')}: {reason} (
            {lines.length === 1 ? 'line' : lines.length < count ? 'first lines' : 'lines'}{' '}
            {lines.join(', ')})
          </li>
        ))}
      </ul>
    </details>
  );
}

function Items({ record }: { record: DataRecord }) {
  const { turnTo } = useData();
  const items = useDataState((s) => s.items);
  const page = useDataState((s) => s.page);
  const pages = Math.max(1, Math.ceil(record.items / PAGE_ITEMS));
  return (
    <Panel heading="Questions" headingId="items-heading">
      {items === null && (
        <p className={styles.small} role="status">
          Reading …
        </p>
      )}
      <ol className={styles.samples} aria-label="Questions of the set">
        {(items ?? []).map((item) => (
          <Item key={item.index} item={item} />
        ))}
      </ol>
      <Pager page={page} pages={pages} onPage={(to) => void turnTo(to)} />
    </Panel>
  );
}

function Item({ item }: { item: DataItem }) {
  const { openQuestion } = usePageLinks();
  const { id, question, fact, answer, family, picture, size, image } = item;
  const asked = fact === null ? question : `${fact} ${question}`;
  return (
    <li className={styles.sample}>
      <div className={styles.pictures}>
        {picture === null ? (
          <span className={styles.small}>no picture</span>
        ) : (
          <Picture file={picture} label={`Picture of ${id}`} />
        )}
      </div>
      <div className={styles.about}>
        <p className={styles.question}>{asked}</p>
        <p className={`${styles.small} numeric`}>
          Answer: <b>{answer === '' ? 'none' : answer}</b>
          {family === null ? '' : `, ${family}`}
          {image === null ? '' : `, picture ${image} of 3`}
          {size === null ? '' : `, ${size.width} × ${size.height} pixels`}, id {id}
        </p>
        <button
          type="button"
          className="button"
          aria-label={`Open ${id} in the Lab`}
          onClick={() => openQuestion({ picture, question: asked, answer })}
        >
          Open in the Lab
        </button>
      </div>
    </li>
  );
}
