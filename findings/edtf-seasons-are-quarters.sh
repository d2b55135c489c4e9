#!/usr/bin/env bash
# EDTF level 1 writes "spring 2023" as 2023-21 and "winter 2023" as 2023-24, without saying which days these are.
#
# Packages: edtf 4.11.1 and @edtf-ts/core 0.4.2 (npm), the two readers of EDTF for JavaScript that know seasons.
# Expected: both give a season the months that some part of the world calls by this name, so that the same text covers
#           much the same days: spring from March (or September), winter from December (or June).
# Seen:     edtf takes 21 to 24 for the quarters of the calendar year: spring is January to March, winter is October to
#           December of the same year. @edtf-ts/core takes the meteorological seasons of the north: spring is March to
#           May, winter goes into February of the next year. Of "summer 2023" the two share the days of June only.
# So:       days of a season that one system has worked out must not be compared with those of another; exchange the
#           text, and let a rule rely on neither reading.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts edtf@4.11.1 @edtf-ts/core@0.4.2
cat >seasons.mjs <<'JS'
import { FuzzyDate } from '@edtf-ts/core';
import edtf from 'edtf';

const day = (milliseconds) => new Date(Number(milliseconds)).toISOString().slice(0, 10);
for (const season of ['2023-21', '2023-22', '2023-23', '2023-24']) {
  const [one, other] = [edtf(season), FuzzyDate.parse(season)];
  console.log(`${season} edtf ${day(one.min)}/${day(one.max)} edtf-ts ${day(other.minMs)}/${day(other.maxMs)}`);
}
JS
node seasons.mjs | tee seen
diff seen - <<'SEEN'
2023-21 edtf 2023-01-01/2023-03-31 edtf-ts 2023-03-01/2023-05-31
2023-22 edtf 2023-04-01/2023-06-30 edtf-ts 2023-06-01/2023-08-31
2023-23 edtf 2023-07-01/2023-09-30 edtf-ts 2023-09-01/2023-11-30
2023-24 edtf 2023-10-01/2023-12-31 edtf-ts 2023-12-01/2024-02-29
SEEN
echo 'as it was: two readers give one season different months'
