import { quote } from '../fields/describe.js';
import { member, type Report } from './report.js';

const key =
  /^([a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?)*\/)?((?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$/;
const value = /^(?:(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const longest = 63;
const longestPrefix = 253;

/** Kubernetes labels, by Istio's rules for them (istio, pkg/config/labels). */
export function validateLabels(labels: Readonly<Record<string, string>>, path: string, report: Report): void {
  for (const [label, text] of Object.entries(labels)) {
    const parts = key.exec(label);
    const [, prefix = '', last = ''] = parts ?? [];
    if (parts === null || prefix.length - 1 > longestPrefix || last.length > longest)
      report.error(
        'label-invalid',
        member(path, label),
        `${quote(label)} is not a label name; write letters, digits, "-", "_" and ".", at most ${longest}, for instance app or example.com/app.`,
      );
    if (!value.test(text))
      report.error(
        'label-invalid',
        member(path, label),
        `${quote(text)} is not a label value; write letters, digits, "-", "_" and ".".`,
      );
  }
}

/** Of a selector only the wildcards and empty names are refused. */
export function validateSelector(
  selector: Readonly<Record<string, string>>,
  path: string,
  report: Report,
): void {
  for (const [label, text] of Object.entries(selector)) {
    if (label === '')
      report.error(
        'selector-invalid',
        path,
        'a label of the selector has no name; write for instance app: hello.',
      );
    if (label.includes('*') || text.includes('*'))
      report.error(
        'selector-invalid',
        member(path, label),
        'a selector has no wildcards; write the label and its value in full.',
      );
  }
}
