import { counted } from '../shared/table.js';
import { holdingOf, nameIn, type Holding } from '../shared/holds.js';
import type { Fields, Plan } from './json.js';

/** A resource that the state holds and the refresh did not find in AWS. */
export interface MissingResource {
  readonly address: string;
  readonly name: string | undefined;
  /** The data that is gone with it; undefined if none. */
  readonly loses: string | undefined;
  /** Whether the apply creates it. */
  readonly created: boolean;
  /** Name of the provider configuration: `aws`, or `aws.topic` for the region of the topic. */
  readonly provider: string;
  /** Region in which the plan looked. */
  readonly soughtIn: string | undefined;
  /** Region in its ARN, if it has one. */
  readonly livesIn: string | undefined;
  /** Account in its ARN, if it has one. */
  readonly account: string | undefined;
}

/** What the refresh of a plan did not find. */
export interface MissingResources {
  readonly resources: readonly MissingResource[];
  /** Whether nothing else of the stack was found. */
  readonly isAll: boolean;
}

/** Finds the resources that were deleted outside Terraform, or that a changed region hides. */
export function missingIn(plan: Plan): MissingResources {
  const resources = plan.resource_drift
    .filter(({ mode, change: { actions } }) => mode === 'managed' && actions.join() === 'delete')
    .map(({ address, type, change: { before } }) => ({
      address,
      name: nameIn(before ?? {}),
      loses: dataOf(holdingOf(type, address)),
      created: isCreated(address, plan),
      ...placesOf(address, { plan, fields: before ?? {} }),
    }));
  const found = plan.prior_state.values.root_module.resources.filter(
    ({ mode, type }) => mode === 'managed' && type.startsWith('aws_'),
  );
  return { resources, isAll: resources.length > 1 && found.length === 0 };
}

/** Logs that are gone already, and what is made again, are not worth more than a notice. */
function dataOf(held: Holding | undefined): string | undefined {
  return held?.grade === 'data' ? held.what : undefined;
}

function isCreated(address: string, { resource_changes: changes }: Plan): boolean {
  const found = changes.find((change) => change.address === address);
  return found?.change.actions.includes('create') ?? false;
}

const ARN = /^arn:[\w-]+:[\w-]+:([\w-]*):(\d*):/;

function placesOf(
  address: string,
  { plan: { configuration }, fields }: { readonly plan: Plan; readonly fields: Fields },
): Pick<MissingResource, 'provider' | 'soughtIn' | 'livesIn' | 'account'> {
  const plain = address.replaceAll(/\[[^\]]*\]/g, '');
  const configured = configuration.root_module.resources.find((one) => one.address === plain);
  const provider = configured?.provider_config_key ?? 'aws';
  const region = configuration.provider_config[provider]?.expressions.region?.constant_value;
  const [, livesIn = '', account = ''] = ARN.exec(String(fields['arn'])) ?? [];
  return {
    provider,
    soughtIn: region,
    livesIn: livesIn === '' ? undefined : livesIn,
    account: account === '' ? undefined : account,
  };
}

/** One sentence or more for each loss, as Markdown without emphasis. `pipeline` is named in the commands. */
export function missingTexts(missing: MissingResources, pipeline: string): string[] {
  const moved = movesOf(missing);
  if (moved.length > 0) return moved.map((move) => moveText(move, pipeline));
  if (missing.isAll) return [allText(missing)];
  return missing.resources.filter(({ loses }) => loses !== undefined).map(deletedText);
}

/** Addresses of the missing resources that hold no data, if no sentence of missingTexts is about them. */
export function missingWithoutData(missing: MissingResources): string[] {
  if (missing.isAll || movesOf(missing).length > 0) return [];
  return missing.resources
    .filter(({ loses, created }) => loses === undefined && created)
    .map(({ address }) => address);
}

/** Addresses of what counts as lost. */
export function lostIn(missing: MissingResources): string[] {
  const all = missing.isAll || movesOf(missing).length > 0;
  return missing.resources
    .filter(({ loses }) => all || loses !== undefined)
    .map(({ address }) => address);
}

/** Resources that a provider configuration looked for in another region than theirs. */
interface Move {
  readonly provider: string;
  readonly from: string;
  readonly to: string;
  /** All that this configuration did not find: not every resource has an ARN. */
  readonly count: number;
}

function movesOf({ resources }: MissingResources): Move[] {
  const moves = new Map<string, Move>();
  for (const { provider, livesIn, soughtIn } of resources) {
    if (livesIn === undefined || soughtIn === undefined || livesIn === soughtIn) continue;
    const count = resources.filter((resource) => resource.provider === provider).length;
    moves.set(provider, { provider, from: livesIn, to: soughtIn, count });
  }
  return [...moves.values()];
}

function moveText({ provider, from, to, count }: Move, pipeline: string): string {
  const topic = provider !== 'aws';
  const why = topic ? 'the region of the topic in `sns`' : '`region`';
  const remedy = topic
    ? `Undo the change, deploy without \`sns\`, and then set the new topic.`
    : `Undo the change, run \`npm run destroy -- ${pipeline}\`, and then set the new region.`;
  return (
    `Data loss: ${counted(count, 'resource')} of the state cannot be found any more, because ${why} changed: ` +
    `they are in ${from}, and this plan looks in ${to}. The apply makes Terraform forget them. ` +
    `They stay in ${from}, with their data and their cost, and \`npm run destroy\` no longer deletes them. ${remedy}`
  );
}

function allText({ resources }: MissingResources): string {
  const region = resources.find(({ soughtIn }) => soughtIn !== undefined)?.soughtIn;
  const account = resources.find((one) => one.account !== undefined)?.account;
  const where = region ?? 'AWS';
  const whose =
    account === undefined ? 'another account' : `another account than \`${account}\`, theirs`;
  return (
    `Data loss: nothing that the state holds was found in ${where} (${counted(resources.length, 'resource')}). ` +
    `Either all of it was deleted outside Terraform, or the credentials of this plan belong to ${whose}. ` +
    `The apply creates the stack again, without its data.`
  );
}

function deletedText({ address, name, loses = '', created }: MissingResource): string {
  const what = `\`${address}\`${name === undefined ? '' : ` (\`${name}\`)`}`;
  const then = created ? ' The apply creates it again, empty.' : '';
  return `Data loss: ${what} was deleted outside Terraform, and ${loses} with it.${then}`;
}
