import type { LabelSelector } from '../resources/label-selector.js';
import { list, map, mapped, message } from './decode.js';
import type { Decoder } from './decoder.js';
import { string } from './scalar.js';

/** What is wrong with it is the API server's to say. */
export const labelSelector: Decoder<LabelSelector> = mapped(
  message(
    {
      matchLabels: map(string),
      matchExpressions: list(
        mapped(
          message({ key: string, operator: string, values: list(string) }, 'ignored'),
          ({ key = '', operator = '', values = [] }) => ({ key, operator, values }),
        ),
      ),
    },
    'ignored',
  ),
  ({ matchLabels = {}, matchExpressions = [] }) => ({ matchLabels, matchExpressions }),
);
