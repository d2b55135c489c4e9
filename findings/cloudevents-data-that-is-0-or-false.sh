#!/usr/bin/env bash
# The data of a CloudEvent in JSON may be any JSON value (CloudEvents 1.0, JSON format, section 3.1): 0 and false are data.
#
# Package:  cloudevents 10.0.0 (npm), the SDK of the specification's own project.
# Expected: what `HTTP.structured` and `HTTP.binary` write, `HTTP.toEvent` reads back with the same data.
# Seen:     a structured message with the data 0, false or "" is written right, and read back as an event without data;
#           no error says so. A binary message with the data 1 or true is written, and reading what was just written
#           throws "invalid payload type"; with 0 or false it is read. Only objects, lists and texts that are not empty
#           come back from both.
# So:       events whose data may be a bare number or flag need an object around it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts cloudevents@10.0.0
cat >data.mjs <<'JS'
import { CloudEvent, HTTP } from 'cloudevents';

function readBack(message) {
  try {
    const { data } = HTTP.toEvent(message);
    return data === undefined ? 'none' : JSON.stringify(data);
  } catch (error) {
    return `throws (${error.message.split(',')[0]})`;
  }
}
for (const data of [0, false, '', 1, true, [], {}, 'a']) {
  const event = new CloudEvent({ id: '1', source: '/', type: 't', datacontenttype: 'application/json', data });
  const structured = HTTP.structured(event);
  const written = JSON.stringify(JSON.parse(structured.body).data);
  console.log(`${written}: structured ${readBack(structured)}, binary ${readBack(HTTP.binary(event))}`);
}
JS
node data.mjs | tee seen
diff seen - <<'SEEN'
0: structured none, binary 0
false: structured none, binary false
"": structured none, binary ""
1: structured 1, binary throws (invalid payload type)
true: structured true, binary throws (invalid payload type)
[]: structured [], binary []
{}: structured {}, binary {}
"a": structured "a", binary "a"
SEEN
echo 'as it was: data that is 0, false or an empty text is lost on reading, 1 and true throw'
