#!/usr/bin/env bash
# EDTF level 0 has the years 0000 to 9999 in four digits: 0099 is the year 99, nineteen centuries before 1999.
#
# Package:  @edtf-ts/core 0.4.2 (npm).
# Expected: 0099 lies before 0100, as the text and the standard (ISO 8601-2, EDTF level 0) have it.
# Seen:     its days (`minMs`, `maxMs`) are those of 1999; 0000 has those of 1900, and 0050-03-01 is 1950-03-01. From
#           0100 on the days are right. `isBefore` does not use them: it says that 0099 is before 1066, while the days
#           of the same two objects say the opposite.
# So:       a list that is sorted or filtered by these days has the oldest dates among those of the last century.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @edtf-ts/core@0.4.2
cat >years.mjs <<'JS'
import { FuzzyDate } from '@edtf-ts/core';

const day = (milliseconds) => new Date(Number(milliseconds)).toISOString().slice(0, 10);
for (const text of ['0000', '0050-03-01', '0099', '0100', '1066']) {
  const date = FuzzyDate.parse(text);
  console.log(`${text} ${day(date.minMs)}/${day(date.maxMs)}`);
}
console.log(`0099 before 1066: ${FuzzyDate.parse('0099').isBefore(FuzzyDate.parse('1066'))}`);
JS
node years.mjs | tee seen
diff seen - <<'SEEN'
0000 1900-01-01/1900-12-31
0050-03-01 1950-03-01/1950-03-01
0099 1999-01-01/1999-12-31
0100 0100-01-01/0100-12-31
1066 1066-01-01/1066-12-31
0099 before 1066: YES
SEEN
echo 'as it was: years before 0100 are read as years of the twentieth century'
