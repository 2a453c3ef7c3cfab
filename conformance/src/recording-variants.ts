import type { Case, CaseRequest } from './cases.ts';
import { variants } from './report-variants.ts';

/** The same recording in another form, of which everything has to be decided in the same way. */
export interface RecordingVariant {
  name: string;
  recording: Case;
  /** A request of the recording, as the variant calls its host. */
  request(request: CaseRequest): CaseRequest;
}

/** With documents and fields in another order, and with other hosts. Where the order of documents is their age, it stays. */
export function recordingVariants(recording: Case): RecordingVariant[] {
  const { id, config, steps } = recording;
  const reordered = variants(config).find(({ name }) => name === 'other order');
  const inOrder = steps === true || reordered === undefined ? [] : [`${reordered.text}`];
  return [
    ...inOrder.map((text) => ({
      name: `${id}, in another order`,
      recording: { ...recording, config: text },
      request: (request: CaseRequest) => request,
    })),
    {
      name: `${id}, with other hosts`,
      recording: { ...recording, config: withOtherHosts(config) },
      request: ({ tls, ...request }) => ({
        ...request,
        host: withOtherHosts(request.host),
        headers: request.headers.map(([name, value]) => [
          name,
          name === 'origin' ? withOtherHosts(value) : value,
        ]),
        ...(tls !== undefined && { tls: { sni: tls.sni === null ? null : withOtherHosts(tls.sni) } }),
      }),
    },
  ];
}

/** The ends of hosts are renamed, so that wildcards and what lies under them go on to fit. */
function withOtherHosts(text: string): string {
  return text.replaceAll(/(?<=[a-z0-9]\.)(com|ext|example)\b(?![\w/.-])/gi, 'renamed-$1');
}
