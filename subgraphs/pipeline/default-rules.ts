import type { RuleSet } from './rule-set.ts'

/** 1e-6 degrees are about 11 cm: what float arithmetic and rounding add, and no more. */
const ROUNDING_DEGREES = 1e-6

/** The top levels of OpenStreetMap's map features: https://wiki.openstreetmap.org/wiki/Map_features */
const MAP_FEATURES = (
  'aerialway aeroway amenity barrier boundary building craft emergency geological healthcare highway historic landuse leisure man_made ' +
  'military natural office place power public_transport railway shop sport telecom tourism water waterway'
).split(' ')

/** The types of OurAirports, which the demo data set uses as categories: https://ourairports.com/help/data-dictionary.html */
const AIRPORT_TYPES = 'balloonport closed heliport large_airport medium_airport seaplane_base small_airport'.split(' ')

/** What judges records until an admin says otherwise. Change it only together with its version: records name the version that judged them. */
export const DEFAULT_RULES = {
  version: 1,
  steps: [
    { step: 'CLAMP', field: 'location.latitude', low: -90, high: 90, tolerance: ROUNDING_DEGREES },
    { step: 'CLAMP', field: 'location.longitude', low: -180, high: 180, tolerance: ROUNDING_DEGREES },
  ],
  rules: [
    {
      id: 'null-island',
      when: {
        all: [
          { number: 'location.latitude', low: -ROUNDING_DEGREES, high: ROUNDING_DEGREES },
          { number: 'location.longitude', low: -ROUNDING_DEGREES, high: ROUNDING_DEGREES },
        ],
      },
      message: 'latitude and longitude are both 0: that is what devices send which do not know where they are.',
      severity: 'WARN',
      field: 'location',
    },
    {
      id: 'placeholder-name',
      when: { text: 'name', oneOf: ['-', '?', 'n/a', 'N/A', 'null', 'undefined', 'unknown', 'Unknown', 'UNKNOWN', 'test', 'Test', 'TEST'] },
      message: 'the name says nothing.',
      severity: 'WARN',
      field: 'name',
    },
    {
      id: 'unknown-category',
      when: { not: { categoryUnder: [...MAP_FEATURES, ...AIRPORT_TYPES] } },
      message: 'the category is none of the known ones.',
      severity: 'WARN',
      field: 'category',
    },
  ],
} as const satisfies RuleSet
