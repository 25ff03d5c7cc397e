// What the model itself drew, said and wrote, to begin with: no recording of anybody is kept here.

import { ask } from "../asking.js";
import { joint } from "./thought.js";

const fetched = new Map(); // model and part → promise of what there is

// Resolves to [{meaning, style, url}].
export function examples(part) {
  const path = `joint/examples/${encodeURIComponent(joint.model.name)}?part=${part}`;
  if (!fetched.has(path)) fetched.set(path, ask(path).then((answer) => answer?.json()).then((told) => told?.examples ?? []));
  return fetched.get(path);
}
