import { type ApiClient, ApiError } from '@grayscale/cluster-client';
import { isOver, type Phase } from '@grayscale/release';
import type { Owner } from './owner.js';
import { ConfigMapRecord, GrayReleaseRecord, type RecordObject } from './record/record-object.js';

/** The release that has written an annotation, in words, unless it has ended or is gone. One that cannot be looked at may be running. */
export async function runningRelease(client: ApiClient, owner: Owner): Promise<string | undefined> {
  const { namespace, name } = owner;
  const text = `the release ${namespace}/${name}, which has not ended`;
  const homes: RecordObject[] = [
    new GrayReleaseRecord(client, namespace, name),
    new ConfigMapRecord(client, namespace, name),
  ];
  let isUnknown = false;
  for (const home of homes) {
    const phase = await phaseIn(home, owner).catch((error) => {
      if (!(error instanceof ApiError && error.status === 403)) throw error;
      isUnknown = true;
      return undefined;
    });
    if (phase !== undefined) return isOver(phase) ? undefined : text;
  }
  return isUnknown ? text : undefined;
}

/** Undefined where there is no such release, or it has not been started. */
async function phaseIn(home: RecordObject, { uid }: Owner): Promise<Phase | undefined> {
  const object = await home.read();
  if (object === undefined || object.metadata.uid !== uid) return undefined;
  const { phase } = (home.contentOf(object).state ?? {}) as { phase?: Phase };
  return phase;
}
