import type { CaseResult } from '../cases/run-case.js';
import { failureLines } from './text-report.js';

/** The results as JUnit's XML, which CI systems show. */
export function junitReport(results: readonly CaseResult[], file: string): string {
  const failed = results.filter(({ failures }) => failures.length > 0).length;
  const counts = `tests="${results.length}" failures="${failed}" errors="0" skipped="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="${escapeXml(file)}" ${counts}>`,
    ...results.flatMap((result) => testCase(result, file)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function testCase({ testCase: { description, location }, failures }: CaseResult, file: string): string[] {
  const attributes = `name="${escapeXml(description)}" classname="${escapeXml(file)}" file="${escapeXml(location.file)}" line="${location.line}"`;
  const [first] = failures;
  if (first === undefined) return [`    <testcase ${attributes}/>`];
  const message = escapeXml(first.differences.join('; '));
  const text = escapeXml(failures.flatMap(failureLines).join('\n'));
  return [
    `    <testcase ${attributes}>`,
    `      <failure message="${message}">${text}</failure>`,
    '    </testcase>',
  ];
}

/** XML 1.0 has no way to write most control characters; they become question marks. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r -\uFFFD]/g, '?')
    .replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
